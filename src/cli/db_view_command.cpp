#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "cli/entry_list.hpp"
#include "os/file.hpp"

#include <algorithm>
#include <iterator>

namespace civitai::cli {
namespace {

using config::OptionId;

store::EntryFilter filter_from(const config::Settings& settings) {
  store::EntryFilter filter;
  for (const std::string& word : settings.list(OptionId::entry_statuses)) {
    if (const auto status = entry_status_from(word)) filter.statuses.push_back(*status);
  }
  filter.types = settings.list(OptionId::entry_types);
  filter.base_models = settings.list(OptionId::entry_base_models);
  filter.creators = settings.list(OptionId::entry_creators);
  return filter;
}

store::EntryOrder order_from(const config::Settings& settings) {
  using store::EntryOrder;
  constexpr std::pair<std::string_view, EntryOrder> orders[] = {
      {"name", EntryOrder::name},     {"size", EntryOrder::size},       {"updated", EntryOrder::updated},
      {"type", EntryOrder::type},     {"creator", EntryOrder::creator}, {"base-model", EntryOrder::base_model},
      {"status", EntryOrder::status}, {"path", EntryOrder::path},
  };
  const std::string& word = settings.text(OptionId::entry_order);
  const auto* const found =
      std::find_if(std::begin(orders), std::end(orders), [&](const auto& row) { return row.first == word; });
  return found == std::end(orders) ? EntryOrder::name : found->second;
}

bool is_missing(const LibraryEntry& entry) { return entry.path.empty() || !os::file_size(entry.path); }

}  // namespace

ExitCode run_db_view(const Program& program) {
  const auto format = EntryList::format_of(program.settings);
  if (!format) return failed(program, format.error());
  EntryList list(program.screen, *format);
  const bool only_missing = program.settings.enabled(OptionId::entry_missing);
  const auto each = [&](store::LibraryView& view, void (EntryList::*take)(const LibraryEntry&)) {
    return view.list(filter_from(program.settings), order_from(program.settings), [&](const LibraryEntry& entry) {
      if (!only_missing || is_missing(entry)) (list.*take)(entry);
    });
  };
  const auto look = [&](store::LibraryView& view) -> Status {
    if (list.needs_measure()) {
      if (auto measured = each(view, &EntryList::measure); !measured) return measured;
    }
    if (auto listed = each(view, &EntryList::add); !listed) return listed;
    list.end();
    if (*format == EntryList::Format::table) program.log.info("{}", counted(list.size(), "entry", "entries"));
    return {};
  };
  return look_into_library(program, look, [&] { list.end(); });
}

}  // namespace civitai::cli
