#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/trash_command.hpp"
#include "cli/trash_session.hpp"

namespace civitai::cli {
namespace {

using config::OptionId;

std::string summary(const engine::TrashReport& report) {
  const std::string lost = report.missing.empty() ? "" : format(", {} of them without a file", report.missing.size());
  return format("{} of {} brought back{} ({})\n", counted(report.files.size(), "file"), models_text(report.files), lost,
                to_text(report.bytes()));
}

// What `undo` would bring back.
Result<engine::TrashReport> look(TrashSession& session, const std::string& wanted) {
  const auto act = engine::act_to_undo(session.tools(), wanted);
  if (!act) return fail(act.error());
  engine::TrashReport report;
  report.act = act->id;
  report.files = act->files;
  report.moves = act->moves;
  return report;
}

}  // namespace

ExitCode run_undo(const Program& program) {
  const bool dry = program.settings.enabled(OptionId::dry_run);
  auto session = TrashSession::open(program, dry ? store::Library::Mode::read_only : store::Library::Mode::read_write);
  if (!session) return failed(program, session.error());
  const std::string wanted = program.words.empty() ? "" : program.words.front();
  const auto report = dry ? look(**session, wanted) : engine::undo((*session)->tools(), wanted);
  if (!report) return failed(program, report.error());
  tell_troubles(program, *report);
  if (program.settings.enabled(OptionId::json)) {
    json::Object root;
    root.set("dry_run", dry);
    set_report(root, *report);
    program.screen.data(root.text() + "\n");
  } else if (dry) {
    for (const engine::TrashMove& move : report->moves) {
      program.screen.data(format("{}\n", printable(((*session)->root() / move.from).native())));
    }
    program.screen.talk(format("would bring back {} of {} ({}); nothing was changed\n",
                               counted(report->files.size(), "file"), models_text(report->files),
                               to_text(report->bytes())));
  } else if (!program.settings.enabled(OptionId::quiet)) {
    program.screen.talk(summary(*report));
  }
  return report->errors.empty() ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace civitai::cli
