#include "cli/db_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "config/criteria.hpp"
#include "json/writer.hpp"
#include "store/library.hpp"
#include "term/table.hpp"

#include <functional>

namespace civitai::cli {
namespace {

using Entries = std::vector<LibraryEntry>;
using Query = std::function<Result<Entries>(store::Library&)>;

json::Object entry_json(const LibraryEntry& entry) {
  json::Object object;
  object.set("key", entry_key(entry.version_id)).set("status", to_string(entry.status));
  object.set("model_id", entry.model_id.value).set("model_name", entry.model_name);
  object.set("model_type", entry.model_type);
  object.set("version_id", entry.version_id.value).set("version_name", entry.version_name);
  object.set("file_id", entry.file_id.value).set("file_name", entry.file_name);
  object.set("base_model", entry.base_model).set("size", entry.size);
  object.set("sha256", entry.hashes.get(HashKind::sha256)).set("path", entry.path);
  object.set("error", entry.error).set("updated_at", to_iso8601(entry.updated_at));
  return object;
}

std::string entries_json(const Entries& entries) {
  json::Array array;
  for (const LibraryEntry& entry : entries) array.add(entry_json(entry));
  json::Object root;
  root.set("entries", std::move(array));
  return root.text() + "\n";
}

std::string entries_text(const Entries& entries, std::size_t width) {
  term::Table table({{"Key"},
                     {"Status"},
                     {"Model", term::Align::left, true},
                     {"Version", term::Align::left, true},
                     {"File", term::Align::left, true},
                     {"Size", term::Align::right},
                     {"Path", term::Align::left, true, term::Cut::front},
                     {"Time (UTC)"}});
  for (const LibraryEntry& entry : entries) {
    const bool failed = entry.status == EntryStatus::error;
    table.add({entry_key(entry.version_id), std::string(to_string(entry.status)), printable(entry.model_name),
               printable(entry.version_name), printable(entry.file_name), to_text(entry.size),
               printable(failed ? entry.error : entry.path), to_iso8601(entry.updated_at).substr(0, 19)});
  }
  return table.text(width);
}

struct Noun {
  std::string_view one;
  std::string_view plural;
};

ExitCode list(const Program& program, const Query& query, const Noun& found) {
  const auto path = std::filesystem::absolute(config::database_path(program.settings));
  auto library = store::Library::open(path, store::Library::Mode::read_only);
  Result<Entries> entries = Entries{};
  if (library) {
    entries = query(*library);
  } else if (library.error().kind == ErrorKind::not_found) {
    program.log.info("there is no library yet at {}", path.string());
  } else {
    entries = fail(library.error());
  }
  if (!entries) {
    program.screen.error(entries.error());
    return exit_code_of(entries.error().kind);
  }
  if (program.settings.enabled(config::OptionId::json)) {
    program.screen.data(entries_json(*entries));
    return ExitCode::done;
  }
  program.screen.data(entries_text(*entries, program.screen.data_columns()));
  program.log.info("{}", counted(entries->size(), found.one, found.plural));
  return ExitCode::done;
}

}  // namespace

ExitCode run_db_view(const Program& program) {
  return list(
      program, [](store::Library& library) { return library.entries(); }, Noun{"entry", "entries"});
}

ExitCode run_db_search(const Program& program) {
  const std::string query = format("{}", join(program.words, " "));
  return list(
      program, [&](store::Library& library) { return library.search(query); },
      Noun{"matching entry", "matching entries"});
}

}  // namespace civitai::cli
