// The one table of options: what each is called in the configuration file, on the command line and in the environment,
// what it may hold, and how it is explained. Flags, help, the example file, the documentation and the checks all derive
// from it. Constant data and pure functions.
#pragma once

#include "config/option_id.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::config {

enum class Kind { text, path, secret, integer, boolean, list, choice };

// The commands that take a flag. `program` stands for every command.
enum class Command : unsigned {
  program = 1U << 0U,
  download = 1U << 1U,
  images = 1U << 2U,
  db_view = 1U << 3U,
  db_verify = 1U << 4U,
  db_search = 1U << 5U,
  db_redownload = 1U << 6U,
  clean = 1U << 7U,
  torrent = 1U << 8U,
  show_config = 1U << 9U,
  torrent_check = 1U << 10U,
  torrent_show = 1U << 11U,
  db_show = 1U << 12U,
  db_stats = 1U << 13U,
  db_adopt = 1U << 14U,
  db_import = 1U << 15U,
  db_export = 1U << 16U,
  db_backup = 1U << 17U,
  db_repair = 1U << 18U,
  remove = 1U << 19U,
  undo = 1U << 20U,
  trash_list = 1U << 21U,
  trash_empty = 1U << 22U,
  outdated = 1U << 23U,
  upgrade = 1U << 24U,
};

inline constexpr Command all_commands[] = {
    Command::program,   Command::download,      Command::images,       Command::db_view,     Command::db_verify,
    Command::db_search, Command::db_redownload, Command::clean,        Command::torrent,     Command::show_config,
    Command::db_show,   Command::db_stats,      Command::db_adopt,     Command::db_import,   Command::db_export,
    Command::db_backup, Command::db_repair,     Command::remove,       Command::undo,        Command::trash_list,
    Command::outdated,  Command::upgrade,       Command::torrent_show, Command::trash_empty, Command::torrent_check,
};

// As typed: "download", "db verify"; "every command" for program.
[[nodiscard]] std::string_view to_string(Command command);

struct Commands {
  unsigned bits = 0;
  constexpr Commands(Command command) : bits(static_cast<unsigned>(command)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] constexpr bool has(Command command) const { return (bits & static_cast<unsigned>(command)) != 0; }
};
constexpr Commands operator|(Commands some, Command other) {
  some.bits |= static_cast<unsigned>(other);
  return some;
}
constexpr Commands operator|(Command one, Command other) { return Commands(one) | other; }

// Under which heading an option is explained.
enum class Group { program, places, access, which_models, which_files, beside, run, images, library, torrents };

[[nodiscard]] std::string_view title(Group group);

struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

inline constexpr Range any_count = {0, std::numeric_limits<std::int32_t>::max()};
inline constexpr Range any_id = {0, std::numeric_limits<std::int64_t>::max()};

// How the words of an option are held to `Option::words`.
enum class WordCheck {
  exact,         // any other word is an error
  letter_case,   // a known word in the wrong letter case is an error, an unknown word a warning: the list grows
  only_warning,  // an unknown word is a warning
};

// What else a text (or each item of a list) must be.
enum class Rule { none, not_empty, web_address, positive_number, browsing_level, transfer_rate };

struct Option {
  OptionId id{};
  std::string_view key{};          // in the file, "Images.Sort" inside a section; empty: flag only
  std::string_view key_aliases{};  // separated by commas
  std::string_view flags{};        // "-t,--type,--model-types"; empty: no flag
  std::string_view environment{};  // names separated by commas, all of the same meaning
  Kind kind = Kind::text;
  Range range{};                                           // of an integer
  std::span<const std::string_view> (*words)() = nullptr;  // what a choice or list may hold
  WordCheck word_check = WordCheck::exact;
  Rule rule = Rule::none;
  std::string_view fallback{};  // the default, written as after a flag
  Commands commands = Command::program;
  Group group = Group::program;
  std::string_view placeholder{};  // of the value in the help: "FILE"
  std::string_view help{};         // one sentence without a full stop
};

[[nodiscard]] std::span<const Option> options();
[[nodiscard]] const Option& option(OptionId id);

// By name in the file: exactly, by alias, in other letter case, or inside the [Download] section. nullptr: unknown.
[[nodiscard]] const Option* find_key(std::string_view key);
// "--sort" or "-s" as `command` understands it; nullptr: unknown there.
[[nodiscard]] const Option* find_flag(std::string_view flag, Command command);

// The rows whose flags `command` takes: its own first, then those of every command.
[[nodiscard]] std::vector<const Option*> options_of(Command command);
// Flags of a row as `command` takes them: a name that the command uses for an option of its own is left out.
[[nodiscard]] std::vector<std::string> flags_of(const Option& option, Command command);
// "--sort": the first long flag; empty when there is none.
[[nodiscard]] std::string_view main_flag(const Option& option);
// "--no-metadata" for a yes-or-no option, otherwise empty.
[[nodiscard]] std::string negation(const Option& option);

// Comma-separated names of a row as a list; no text gives no names.
[[nodiscard]] std::vector<std::string> names(std::string_view separated);

}  // namespace civitai::config
