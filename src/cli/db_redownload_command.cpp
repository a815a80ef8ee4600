#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "cli/repair.hpp"
#include "cli/trash_session.hpp"
#include "cli/verify_progress.hpp"
#include "cli/verify_view.hpp"

namespace civitai::cli {
namespace {

using config::OptionId;

// What of these files is not as it should be.
Result<engine::VerifyReport> check(const Program& program, const std::vector<FileId>& files, store::LibraryView& view,
                                   store::Library& library) {
  os::RealFileSystem disk;
  engine::VerifyProgress progress;
  const VerifyDisplay display(program.screen, progress, loudness_of(program));
  auto report = engine::verify_files(files, {}, {library, view, disk, program.clock}, progress, program.stop);
  if (report && report->stopped_by) return fail(*report->stopped_by);
  return report;
}

void print_json(const Program& program, const engine::VerifyReport& report, const Repair* repaired) {
  if (!program.settings.enabled(OptionId::json)) return;
  json::Object root;
  root.set("verify", verify_json(report, {}, {}));
  if (repaired != nullptr) {
    root.set("repair", repair_json(*repaired));
  } else {
    root.set_null("repair");
  }
  program.screen.data(root.text() + "\n");
}

ExitCode ended(const Program& program, const Error& error) {
  if (error.kind != ErrorKind::cancelled) return failed(program, error);
  program.screen.talk("interrupted; run the same command again to continue\n");
  return ExitCode::interrupted;
}

ExitCode exit_code_of_repair(const Repair& repaired) {
  const ExitCode code = exit_code_of(repaired.run.report, {});
  const auto& refused = repaired.wanted.not_planned;
  if (code != ExitCode::done || refused.empty()) return code;
  return !repaired.mended().empty() ? ExitCode::some_failed : exit_code_of(refused.front().error.kind);
}

}  // namespace

ExitCode run_db_redownload(const Program& program) {
  auto view = store::LibraryView::open(library_path(program));
  if (!view) return failed(program, view.error());
  const auto files = view->resolve(program.words.front());
  if (!files) return failed(program, files.error());
  auto library = store::Library::open(library_path(program), store::Library::Mode::read_write);
  if (!library) return failed(program, library.error());
  settle_trash(program, *library);
  const auto report = check(program, *files, *view, *library);
  if (!report) return ended(program, report.error());
  if (report->problems.empty()) {
    program.log.info("nothing to do: {}", files->size() == 1 ? "the file is here, and what it should be"
                                                             : "all files are here, and what they should be");
    print_json(program, *report, nullptr);
    return ExitCode::done;
  }
  const auto repaired = repair(program, report->problems, *library);
  if (!repaired) return ended(program, repaired.error());
  print_json(program, *report, &*repaired);
  const bool stopped = repaired->run.report.stopped_by && repaired->run.report.stopped_by->kind == ErrorKind::cancelled;
  return stopped ? ended(program, *repaired->run.report.stopped_by) : exit_code_of_repair(*repaired);
}

}  // namespace civitai::cli
