#include "config/option.hpp"

#include "base/text.hpp"
#include "config/table/images.hpp"
#include "config/table/program.hpp"
#include "config/table/run.hpp"
#include "config/table/torrent.hpp"
#include "config/table/which_files.hpp"
#include "config/table/which_models.hpp"

#include <algorithm>
#include <array>

namespace civitai::config {
namespace {

template <std::size_t... Sizes>
constexpr auto concatenated(const Option (&... parts)[Sizes]) {
  std::array<Option, (Sizes + ...)> all{};
  auto next = all.begin();
  ((next = std::copy(std::begin(parts), std::end(parts), next)), ...);
  return all;
}

constexpr auto all_options = concatenated(table::program, table::which_models, table::which_files, table::run,
                                          table::images, table::library, table::torrent, table::debug);

constexpr bool ids_count_up() {
  for (std::size_t i = 0; i < all_options.size(); ++i) {
    if (static_cast<std::size_t>(all_options[i].id) != i) return false;
  }
  return true;
}
static_assert(all_options.size() == option_count, "every OptionId has one row");
static_assert(ids_count_up(), "rows stand in the order of OptionId, so that an id is its row's index");

constexpr std::string_view download_section = "download.";

bool is_called(const Option& row, std::string_view key) {
  if (row.key.empty()) return false;
  if (equal_ignoring_case(row.key, key)) return true;
  const std::vector<std::string> aliases = names(row.key_aliases);
  return std::any_of(aliases.begin(), aliases.end(),
                     [&](const auto& alias) { return equal_ignoring_case(alias, key); });
}

bool names_flag(const Option& row, std::string_view flag) {
  const std::vector<std::string> flags = names(row.flags);
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

// Whether a command has an option of its own by that name, which then hides the program-wide one.
bool is_taken(std::string_view flag, Command command) {
  return command != Command::program && std::any_of(all_options.begin(), all_options.end(), [&](const Option& row) {
           return row.commands.has(command) && names_flag(row, flag);
         });
}

}  // namespace

std::string_view to_string(Command command) {
  switch (command) {
    case Command::program: return "every command";
    case Command::download: return "download";
    case Command::images: return "images";
    case Command::db_view: return "db view";
    case Command::db_verify: return "db verify";
    case Command::db_search: return "db search";
    case Command::db_redownload: return "db redownload";
    case Command::clean: return "clean";
    case Command::torrent: return "torrent";
    case Command::show_config: return "debug show-config";
    case Command::torrent_check: return "torrent check";
    case Command::torrent_show: return "torrent show";
    case Command::db_show: return "db show";
    case Command::db_stats: return "db stats";
    case Command::db_adopt: return "db adopt";
    case Command::db_import: return "db import";
    case Command::db_export: return "db export";
    case Command::db_backup: return "db backup";
    case Command::db_repair: return "db repair";
    case Command::remove: return "delete";
    case Command::undo: return "undo";
    case Command::trash_list: return "trash list";
    case Command::trash_empty: return "trash empty";
    case Command::outdated: return "outdated";
    case Command::upgrade: return "upgrade";
  }
  return "";
}

std::string_view title(Group group) {
  switch (group) {
    case Group::program: return "Program";
    case Group::places: return "Places";
    case Group::access: return "Access to the site";
    case Group::which_models: return "Which models";
    case Group::which_files: return "Which files";
    case Group::beside: return "What is saved beside them";
    case Group::run: return "How to run";
    case Group::images: return "Images";
    case Group::library: return "Library";
    case Group::torrents: return "Torrents";
  }
  return "";
}

std::span<const Option> options() { return all_options; }

const Option& option(OptionId id) { return all_options[static_cast<std::size_t>(id)]; }

const Option* find_key(std::string_view key) {
  const bool in_download = equal_ignoring_case(key.substr(0, download_section.size()), download_section);
  if (in_download) key.remove_prefix(download_section.size());
  for (const Option& row : all_options) {
    if (is_called(row, key) && (!in_download || row.commands.has(Command::download))) return &row;
  }
  return nullptr;
}

const Option* find_flag(std::string_view flag, Command command) {
  for (const Option* row : options_of(command)) {
    if (names_flag(*row, flag) || negation(*row) == flag) return row;
  }
  return nullptr;
}

std::vector<const Option*> options_of(Command command) {
  std::vector<const Option*> own;
  std::vector<const Option*> shared;
  for (const Option& row : all_options) {
    if (row.flags.empty()) continue;
    if (row.commands.has(command)) {
      own.push_back(&row);
    } else if (row.commands.has(Command::program)) {
      shared.push_back(&row);
    }
  }
  own.insert(own.end(), shared.begin(), shared.end());
  return own;
}

std::vector<std::string> flags_of(const Option& row, Command command) {
  std::vector<std::string> flags = names(row.flags);
  if (!row.commands.has(command)) {
    std::erase_if(flags, [&](const std::string& flag) { return is_taken(flag, command); });
  }
  return flags;
}

std::string_view main_flag(const Option& row) {
  const std::size_t start = row.flags.find("--");
  if (start == std::string_view::npos) return {};
  const std::string_view rest = row.flags.substr(start);
  return rest.substr(0, rest.find(','));
}

std::string negation(const Option& row) {
  if (row.kind != Kind::boolean || row.flags.empty()) return {};
  return "--no-" + std::string(main_flag(row).substr(2));
}

std::vector<std::string> names(std::string_view separated) {
  if (separated.empty()) return {};
  return split(separated, ',');
}

}  // namespace civitai::config
