#include "base/format.hpp"
#include "cli/db_command.hpp"
#include "cli/outdated_view.hpp"
#include "cli/upgrade_command.hpp"

namespace civitai::cli {

using config::OptionId;

ExitCode run_outdated(const Program& program) {
  auto session = TrashSession::open(program, store::Library::Mode::read_only);
  if (!session) return failed(program, session.error());
  auto connection = Connection::open(program);
  if (!connection) return failed(program, connection.error());
  const auto report = compare_with_site(program, (*session)->library(), **connection);
  if (!report) return failed(program, report.error());
  if (program.settings.enabled(OptionId::json)) {
    program.screen.data(outdated_json(*report).text() + "\n");
  } else {
    program.screen.data(outdated_text(*report, program.screen.data_columns()));
    program.log.info("{}", outdated_summary(*report));
    if (!report->newer.empty() && !program.settings.enabled(OptionId::quiet)) {
      program.screen.talk("hint: `upgrade` fetches them\n");
    }
  }
  return report->trouble ? failed(program, *report->trouble) : ExitCode::done;
}

}  // namespace civitai::cli
