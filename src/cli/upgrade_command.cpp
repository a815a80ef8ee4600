#include "cli/upgrade_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "cli/outdated_view.hpp"
#include "cli/plan_policy.hpp"
#include "cli/plan_run.hpp"
#include "cli/plan_view.hpp"
#include "config/criteria.hpp"
#include "engine/documents.hpp"
#include "engine/trash_replacement.hpp"

#include <optional>

namespace civitai::cli {
namespace {

using config::OptionId;

class Upgrade {
 public:
  explicit Upgrade(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    if (auto status = can_ask(); !status) return failed(program_, status.error());
    const auto mode = dry() ? store::Library::Mode::read_only : store::Library::Mode::read_write;
    auto session = TrashSession::open(program_, mode);
    if (!session) return failed(program_, session.error());
    session_ = std::move(*session);
    auto connection = Connection::open(program_);
    if (!connection) return failed(program_, connection.error());
    connection_ = std::move(*connection);
    auto compared = compare_with_site(program_, session_->library(), *connection_);
    if (!compared) return failed(program_, compared.error());
    compared_ = std::move(*compared);
    auto plan = make_plan();
    if (!plan) return failed(program_, plan.error());
    return decide(*plan);
  }

 private:
  bool dry() const { return settings_.enabled(OptionId::dry_run); }
  bool json() const { return settings_.enabled(OptionId::json); }
  bool asks() const { return !dry() && !settings_.enabled(OptionId::skip_confirmation); }
  bool quiet() const { return settings_.enabled(OptionId::quiet); }

  Status can_ask() const {
    if (!asks() || program_.prompter.is_interactive()) return {};
    return fail(ErrorKind::usage, "there is no terminal to confirm the upgrade on",
                "add --yes to upgrade without asking, or --dry-run to see the plan");
  }

  Result<engine::Plan> make_plan() {
    const auto policy = plan_policy_from(settings_);
    if (!policy) return fail(policy.error());
    const auto entries = session_->library().entries();
    if (!entries) return fail(entries.error());
    engine::ScanResult scan =
        engine::scan_of(compared_.newer, config::criteria_from(settings_).files, program_.clock.now());
    scan.report.trouble = compared_.trouble;
    engine::Succession succession = engine::succession_of(compared_.newer, scan);
    successors_ = std::move(succession.successors);
    if (settings_.enabled(OptionId::replace_old)) {
      removal_ = engine::plan_removal(succession.old, *entries, session_->root(), engine::Contents::into_trash);
    }
    return engine::make_plan(std::move(scan), *entries, *policy, regular_file_size, engine::holds_document);
  }

  ExitCode decide(const engine::Plan& plan) {
    const auto free_space = files_.free_space(plan.root);
    const auto free = free_space ? std::optional(*free_space) : std::nullopt;
    if (dry()) return show_only(plan, free);
    const bool nothing = plan.items.empty();
    const bool shown = asks() || (!json() && !quiet());
    if (shown) show(plan, free);
    if (nothing) return finish(plan, free, nullptr, {});
    if (auto status = check_room(plan, free, "make room, or name the models to upgrade"); !status) {
      return failed(program_, status.error());
    }
    if (asks()) {
      switch (program_.prompter.ask(removal_.items.empty() ? "Upgrade?" : "Upgrade and replace?")) {
        case term::Answer::yes: break;
        case term::Answer::no: program_.screen.talk("nothing upgraded\n"); return ExitCode::done;
        case term::Answer::gone: return failed(program_, Error{ErrorKind::cancelled, "interrupted", {}});
      }
    }
    return execute(plan, free);
  }

  void show(const engine::Plan& plan, std::optional<ByteCount> free) {
    program_.screen.talk(outdated_text(compared_, program_.screen.talk_columns()));
    program_.screen.talk(outdated_summary(compared_) + "\n");
    if (compared_.newer.empty()) return;
    program_.screen.talk("\n" + plan_text(plan, free, Detail::brief, program_.screen.talk_columns()));
    program_.screen.talk(removal_text());
  }

  std::string removal_text() const {
    if (removal_.items.empty()) return "";
    return format("into the trash, once the new ones are proven: {}, {}\n", counted(removal_.items.size(), "old file"),
                  to_text(removal_.bytes()));
  }

  ExitCode show_only(const engine::Plan& plan, std::optional<ByteCount> free) {
    if (json()) {
      print_json(plan, free, nullptr, {});
    } else {
      const std::size_t width = program_.screen.data_columns();
      program_.screen.data(outdated_text(compared_, width));
      if (!compared_.newer.empty()) program_.screen.data("\n" + plan_text(plan, free, Detail::full, width));
      program_.screen.data(removal_text());
      program_.screen.talk(format("{}; nothing was changed\n", outdated_summary(compared_)));
    }
    return compared_.trouble ? exit_code_of(compared_.trouble->kind) : ExitCode::done;
  }

  ExitCode execute(const engine::Plan& plan, std::optional<ByteCount> free) {
    std::optional<engine::Replacement> replacement;
    if (!removal_.items.empty()) {
      auto prepared = engine::Replacement::prepare(session_->tools(), removal_, successors_);
      if (!prepared) return failed(program_, prepared.error());
      replacement.emplace(std::move(*prepared));
    }
    const PlanRun run = run_plan(program_, plan, *connection_, session_->library());
    std::optional<Result<engine::TrashReport>> replaced;
    if (replacement) replaced.emplace(replacement->finish());
    return finish(plan, free, &run, replaced);
  }

  ExitCode finish(const engine::Plan& plan, std::optional<ByteCount> free, const PlanRun* run,
                  const std::optional<Result<engine::TrashReport>>& replaced) {
    const engine::TrashReport* trashed = replaced && *replaced ? &**replaced : nullptr;
    if (json()) print_json(plan, free, run, trashed);
    if (!json() && !quiet() && run != nullptr) program_.screen.talk(report_text(run->report, run->taken));
    if (trashed != nullptr) tell_replaced(*trashed);
    if (replaced && !*replaced) program_.screen.error(replaced->error());
    if (run == nullptr) return exit_code_of(engine::RunReport{}, plan.scan);
    if (run->report.stopped_by) return failed(program_, *run->report.stopped_by);
    const ExitCode code = exit_code_of(run->report, plan.scan);
    const bool stayed = replaced && (!*replaced || !(*replaced)->errors.empty());
    return code == ExitCode::done && stayed ? ExitCode::some_failed : code;
  }

  void tell_replaced(const engine::TrashReport& trashed) {
    tell_troubles(program_, trashed);
    if (json() || quiet() || trashed.files.empty()) return;
    program_.screen.talk(format("{} replaced ({} in the trash)\nhint: `undo` brings the old ones back\n",
                                counted(trashed.files.size(), "old file"), to_text(trashed.bytes())));
  }

  void print_json(const engine::Plan& plan, std::optional<ByteCount> free, const PlanRun* run,
                  const engine::TrashReport* replaced) {
    json::Object root = outdated_json(compared_);
    root.set("plan", plan_json(plan, free));
    json::Array old;
    for (const engine::RemovalItem& item : removal_.items) old.add(item.entry.path);
    root.set("replaces", std::move(old));
    if (run != nullptr) root.set("report", report_json(plan, run->report, run->taken));
    if (replaced != nullptr) {
      json::Object object;
      set_report(object, *replaced);
      root.set("replaced", std::move(object));
    }
    program_.screen.data(root.text() + "\n");
  }

  const Program& program_;
  const config::Settings& settings_;
  os::RealFileSystem files_;
  std::unique_ptr<TrashSession> session_;
  std::unique_ptr<Connection> connection_;
  engine::OutdatedReport compared_;
  engine::Removal removal_;  // empty unless old versions are to go
  std::unordered_map<FileId, std::vector<FileId>> successors_;
};

}  // namespace

ExitCode run_upgrade(const Program& program) { return Upgrade(program).run(); }

}  // namespace civitai::cli
