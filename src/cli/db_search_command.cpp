#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "cli/entry_list.hpp"

namespace civitai::cli {

ExitCode run_db_search(const Program& program) {
  const auto format = EntryList::format_of(program.settings);
  if (!format) return failed(program, format.error());
  EntryList list(program.screen, *format);
  const auto limit = static_cast<std::size_t>(program.settings.count(config::OptionId::search_limit));
  const auto look = [&](store::LibraryView& view) -> Status {
    const auto found = view.search(civitai::format("{}", join(program.words, " ")), limit);
    if (!found) return fail(found.error());
    for (const LibraryEntry& entry : found->entries) list.measure(entry);
    for (const LibraryEntry& entry : found->entries) list.add(entry);
    list.end();
    if (found->more) {
      program.log.info("the best {} of more; --limit N shows more of them, 0 all", list.size());
    } else if (*format == EntryList::Format::table) {
      program.log.info("{}", counted(list.size(), "matching entry", "matching entries"));
    }
    return {};
  };
  return look_into_library(program, look, [&] { list.end(); });
}

}  // namespace civitai::cli
