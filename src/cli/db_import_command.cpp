#include "cli/db_import_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/ticker.hpp"
#include "config/criteria.hpp"
#include "engine/import.hpp"
#include "json/writer.hpp"
#include "store/bitcask.hpp"

#include <optional>
#include <system_error>

namespace civitai::cli {
namespace {

namespace fs = std::filesystem;
using config::OptionId;

constexpr std::size_t most_lines = 20;

os::Path database_of(const Program& program) { return fs::absolute(config::database_path(program.settings)); }

// Where the original program's editions keep their databases.
std::optional<engine::ImportSource> default_source(const Program& program) {
  const os::Path named = database_of(program);
  for (const os::Path& path :
       {named, fs::absolute(config::save_path(program.settings)) / "civitai_download_db", fs::absolute("civitai.db")}) {
    // What DatabasePath names is the library, unless it is a directory of the original program.
    if (path == named && !store::is_bitcask(path)) continue;
    if (auto source = engine::recognise_source(path)) return *source;
  }
  return std::nullopt;
}

Result<engine::ImportSource> chosen_source(const Program& program) {
  if (!program.words.empty()) return engine::recognise_source(program.words.front());
  if (auto source = default_source(program)) return *source;
  return fail(ErrorKind::not_found, "no database of the original program is where it would be by default",
              "name it: civitai-downloader db import PATH");
}

Result<engine::ImportReport> import_from(const Program& program, const engine::ImportSource& source,
                                         store::TransferDesk* desk) {
  Ticker ticker(program);
  engine::ImportTools tools{.desk = desk};
  tools.roots = {fs::absolute(config::save_path(program.settings)).lexically_normal(), source.path.parent_path(),
                 fs::current_path()};
  tools.progress = [&](std::size_t entries) {
    ticker.tick([&] { return format("{} read", counted(entries, "entry", "entries")); });
  };
  return engine::import_entries(source, tools, program.clock.now(), program.stop);
}

Result<engine::ImportReport> import_into_library(const Program& program, const engine::ImportSource& source) {
  auto desk = store::TransferDesk::open(database_of(program), store::Library::Mode::read_write);
  if (!desk) return fail(desk.error());
  return import_from(program, source, &*desk);
}

std::string summary(const engine::ImportReport& report, const engine::ImportSource& source) {
  std::string text = format("{}: {}", printable(source.path.native()), counted(report.entries, "entry", "entries"));
  if (report.taken.added > 0) text += format(", {} new", report.taken.added);
  if (report.taken.completed > 0) text += format(", {} completed", report.taken.completed);
  if (report.taken.kept > 0) text += format(", {} known already", report.taken.kept);
  text += format("; {} of them with their file in place", report.here);
  if (report.lost > 0) text += format(", {} without the file they should have", report.lost);
  if (report.images > 0) text += format("; {}, {} new", counted(report.images, "image"), report.images_added);
  if (!report.left_out.empty()) text += format("; {} left out", report.left_out.size());
  return text + "\n";
}

void tell(const Program& program, const engine::ImportReport& report, const engine::ImportSource& source) {
  for (const std::string& notice : report.notices) program.log.warn("{}", notice);
  for (std::size_t i = 0; i < std::min(report.left_out.size(), most_lines); ++i) {
    program.log.warn("{} was left out: {}", report.left_out[i].key, report.left_out[i].why);
  }
  if (report.left_out.size() > most_lines) {
    program.log.warn("… and {} more; --json lists all", report.left_out.size() - most_lines);
  }
  program.screen.talk(summary(report, source));
  if (source.kind != engine::ImportKind::own_export && report.here > 0) {
    program.screen.talk("hint: files were held to their length alone; `db verify` proves them\n");
  }
}

std::string_view word_for(engine::ImportKind kind) {
  switch (kind) {
    case engine::ImportKind::bitcask: return "bitcask";
    case engine::ImportKind::seed_sqlite: return "sqlite";
    case engine::ImportKind::own_export: return "json";
  }
  return "";
}

std::string report_json(const Program& program, const engine::ImportReport& report,
                        const engine::ImportSource& source) {
  json::Array left_out;
  for (const auto& one : report.left_out) {
    left_out.add(std::move(json::Object().set("key", one.key).set("why", one.why)));
  }
  json::Array notices;
  for (const std::string& notice : report.notices) notices.add(notice);
  json::Object root;
  root.set("source", source.path.native()).set("format", word_for(source.kind));
  root.set("dry_run", program.settings.enabled(OptionId::dry_run)).set("entries", report.entries);
  root.set("with_file", report.here).set("without_file", report.lost);
  root.set("added", report.taken.added).set("completed", report.taken.completed).set("kept", report.taken.kept);
  root.set("images", report.images).set("images_added", report.images_added);
  root.set("left_out", std::move(left_out)).set("notices", std::move(notices));
  return root.text() + "\n";
}

// Whether the person was asked before: nothing is made to find out.
bool was_decided(const Program& program, const engine::ImportSource& source) {
  auto desk = store::TransferDesk::open(database_of(program), store::Library::Mode::read_only);
  if (!desk) return false;
  const auto state = desk->source(source.path);
  return state && state->has_value();
}

Status decline(const Program& program, const engine::ImportSource& source) {
  auto desk = store::TransferDesk::open(database_of(program), store::Library::Mode::read_write);
  if (!desk) return fail(desk.error());
  return desk->note_source(source.path, store::SourceState::declined);
}

bool may_ask(const Program& program) {
  return program.prompter.is_interactive() && !program.settings.enabled(OptionId::skip_confirmation) &&
         !program.settings.enabled(OptionId::dry_run) && !program.settings.enabled(OptionId::json);
}

}  // namespace

ExitCode run_db_import(const Program& program) {
  const auto source = chosen_source(program);
  if (!source) return failed(program, source.error());
  const bool dry = program.settings.enabled(OptionId::dry_run);
  const auto report = dry ? import_from(program, *source, nullptr) : import_into_library(program, *source);
  if (!report) return failed(program, report.error());
  if (program.settings.enabled(OptionId::json)) {
    program.screen.data(report_json(program, *report, *source));
  } else {
    tell(program, *report, *source);
  }
  return report->left_out.empty() ? ExitCode::done : ExitCode::some_failed;
}

Status offer_import(const Program& program) {
  const auto source = default_source(program);
  if (!source || was_decided(program, *source)) return {};
  const std::string path = printable(source->path.native());
  if (!may_ask(program)) {
    program.log.info("{} is a database of the original program: `db import` brings its entries along", path);
    return {};
  }
  program.screen.talk(format("{} is a database of the original program. It stays as it is.\n", path));
  switch (program.prompter.ask("Import its entries now?")) {
    case term::Answer::yes: break;
    case term::Answer::no: return decline(program, *source);
    case term::Answer::gone: return fail(ErrorKind::cancelled, "interrupted");
  }
  const auto report = import_into_library(program, *source);
  if (report) {
    tell(program, *report, *source);
  } else if (report.error().kind == ErrorKind::cancelled) {
    return fail(report.error());
  } else {
    program.screen.error(report.error());
  }
  return {};
}

}  // namespace civitai::cli
