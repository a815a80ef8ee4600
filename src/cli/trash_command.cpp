#include "cli/trash_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/trash_session.hpp"
#include "term/table.hpp"

#include <optional>

namespace civitai::cli {
namespace {

using config::OptionId;
using Acts = std::vector<engine::ListedAct>;

ByteCount bytes_of(const Acts& acts) {
  ByteCount sum;
  for (const engine::ListedAct& listed : acts) sum += listed.act.bytes();
  return sum;
}

std::string acts_text(const Acts& acts, std::size_t width) {
  term::Table table({{"Act"},
                     {"When (UTC)"},
                     {"What"},
                     {"Files", term::Align::right},
                     {"Size", term::Align::right},
                     {"Models", term::Align::left, true}});
  for (const engine::ListedAct& listed : acts) {
    const engine::TrashAct& act = listed.act;
    const std::string_view state = listed.state == engine::ActState::kept ? "" : " (not finished)";
    table.add({act.id, to_iso8601(act.at).substr(0, 19), format("{}{}", to_string(act.kind), state),
               format("{}", act.files.size()), to_text(act.bytes()), models_text(act.files)});
  }
  return table.text(width);
}

json::Object act_json(const engine::ListedAct& listed) {
  engine::TrashReport content;
  content.act = listed.act.id;
  content.files = listed.act.files;
  content.moves = listed.act.moves;
  json::Object object;
  object.set("kind", to_string(listed.act.kind)).set("at", to_iso8601(listed.act.at));
  object.set("finished", listed.state == engine::ActState::kept);
  set_report(object, content);
  return object;
}

void print_json(const Program& program, const Acts& acts) {
  json::Array array;
  for (const engine::ListedAct& listed : acts) array.add(act_json(listed));
  json::Object root;
  root.set("acts", std::move(array)).set("bytes", bytes_of(acts));
  program.screen.data(root.text() + "\n");
}

// Those that are done with, and old enough.
Result<Acts> acts_to_empty(const Program& program, Acts acts) {
  std::optional<SystemTime> before;
  if (const std::string& age = program.settings.text(OptionId::trash_older_than); !age.empty()) {
    const auto duration = parse_duration(age);
    if (!duration) {
      return fail(ErrorKind::usage, format("--older-than: '{}' is no age", printable(age)),
                  "a number with s, m, h, d or w: 30d");
    }
    before = program.clock.now() - *duration;
  }
  std::erase_if(acts, [&](const engine::ListedAct& listed) {
    return listed.state != engine::ActState::kept || (before && listed.act.at > *before);
  });
  return acts;
}

Status can_ask(const Program& program) {
  const bool asks = !program.settings.enabled(OptionId::assume_yes) && !program.settings.enabled(OptionId::dry_run);
  if (!asks || program.prompter.is_interactive()) return {};
  return fail(ErrorKind::usage, "there is no terminal to confirm on",
              "add --yes to empty the trash without asking, or --dry-run to see what would go");
}

ExitCode show_what_would_go(const Program& program, const Acts& acts) {
  if (program.settings.enabled(OptionId::json)) {
    print_json(program, acts);
  } else {
    program.screen.data(acts_text(acts, program.screen.data_columns()));
    program.screen.talk(format("would free {}; nothing was changed\n", to_text(bytes_of(acts))));
  }
  return ExitCode::done;
}

ExitCode empty(const Program& program, TrashSession& session, const Acts& acts) {
  std::vector<std::string> ids;
  for (const engine::ListedAct& listed : acts) ids.push_back(listed.act.id);
  const auto report = engine::empty_trash(session.tools(), ids);
  if (!report) return failed(program, report.error());
  tell_troubles(program, *report);
  if (program.settings.enabled(OptionId::json)) {
    json::Object root;
    set_report(root, *report);
    program.screen.data(root.text() + "\n");
  } else if (!program.settings.enabled(OptionId::quiet)) {
    program.screen.talk(format("{} freed\n", to_text(report->bytes())));
  }
  return report->errors.empty() ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace

ExitCode run_trash_list(const Program& program) {
  os::RealFileSystem files;
  std::vector<Error> damaged;
  const Acts acts = engine::TrashFolder(files, root_of(program.settings)).acts(damaged);
  for (const Error& error : damaged) program.log.warn("{}", error.message);
  if (program.settings.enabled(OptionId::json)) {
    print_json(program, acts);
    return ExitCode::done;
  }
  program.screen.data(acts_text(acts, program.screen.data_columns()));
  program.log.info("{}, {}", counted(acts.size(), "act"), to_text(bytes_of(acts)));
  return ExitCode::done;
}

ExitCode run_trash_empty(const Program& program) {
  if (auto status = can_ask(program); !status) return failed(program, status.error());
  os::RealFileSystem files;
  std::vector<Error> damaged;
  auto acts = acts_to_empty(program, engine::TrashFolder(files, root_of(program.settings)).acts(damaged));
  for (const Error& error : damaged) program.log.warn("{}", error.message);
  if (!acts) return failed(program, acts.error());
  if (program.settings.enabled(OptionId::dry_run)) return show_what_would_go(program, *acts);
  if (acts->empty()) {
    if (program.settings.enabled(OptionId::json)) print_json(program, *acts);
    program.log.info("there is nothing in the trash to remove");
    return ExitCode::done;
  }
  if (!program.settings.enabled(OptionId::assume_yes)) {
    program.screen.talk(acts_text(*acts, program.screen.talk_columns()));
    const auto answer = program.prompter.ask(format("Remove {} for good?", to_text(bytes_of(*acts))));
    if (answer != term::Answer::yes) {
      program.screen.talk("nothing removed\n");
      return answer == term::Answer::gone ? ExitCode::interrupted : ExitCode::done;
    }
  }
  auto session = TrashSession::open(program, store::Library::Mode::read_write);
  if (!session) return failed(program, session.error());
  return empty(program, **session, *acts);
}

}  // namespace civitai::cli
