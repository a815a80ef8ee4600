#include "cli/download_command.hpp"

#include "base/format.hpp"
#include "cli/connection.hpp"
#include "cli/db_import_command.hpp"
#include "cli/model_images.hpp"
#include "cli/plan_policy.hpp"
#include "cli/plan_run.hpp"
#include "cli/plan_view.hpp"
#include "cli/progress.hpp"
#include "cli/trash_session.hpp"
#include "config/criteria.hpp"
#include "engine/documents.hpp"
#include "engine/run.hpp"
#include "store/library.hpp"

#include <algorithm>
#include <chrono>

namespace civitai::cli {
namespace {

using config::OptionId;

class Download {
 public:
  explicit Download(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    if (auto status = can_ask(); !status) return failed(status.error());
    auto connection = Connection::open(program_);
    if (!connection) return failed(connection.error());
    connection_ = std::move(*connection);
    auto policy = plan_policy_from(settings_);
    if (!policy) return failed(policy.error());
    if (auto status = can_write(*policy); !status) return failed(status.error());
    if (auto status = offer_import(program_); !status) return failed(status.error());
    if (auto status = look_at_library(); !status) return failed(status.error());
    auto plan = scan_and_plan(*policy);
    if (!plan) return failed(plan.error());
    return decide(*plan);
  }

 private:
  // Asking where nobody can answer would leave a job hanging: say so before the scan.
  Status can_ask() const {
    if (!asks() || program_.prompter.is_interactive()) return {};
    return fail(ErrorKind::usage, "there is no terminal to confirm the download on",
                "add --yes to download without asking, or --dry-run to see the plan");
  }

  bool asks() const {
    return !settings_.enabled(OptionId::skip_confirmation) && !settings_.enabled(OptionId::dry_run) &&
           !settings_.enabled(OptionId::meta_only);
  }

  ExitCode failed(const Error& error) { return cli::failed(program_, error); }
  ExitCode interrupted() { return failed({ErrorKind::cancelled, "interrupted", {}}); }

  // Nothing is made before there is something to put there; that it can be is seen at once.
  Status can_write(const engine::PlanPolicy& policy) const {
    if (settings_.enabled(OptionId::dry_run)) return {};
    if (auto status = os::check_creatable(policy.root); !status) return status;
    const os::Path database = std::filesystem::absolute(config::database_path(settings_));
    return os::check_creatable(database.parent_path());
  }

  Status open_library(store::Library::Mode mode) {
    auto library = store::Library::open(std::filesystem::absolute(config::database_path(settings_)), mode);
    if (!library) return fail(library.error());
    library_ = std::move(*library);
    return {};
  }

  // A library that exists is opened before the scan: when it is of no use, that is said at once. One that does not
  // exist is made when there is something to record.
  Status look_at_library() {
    const bool dry = settings_.enabled(OptionId::dry_run);
    const os::Path path = std::filesystem::absolute(config::database_path(settings_));
    std::error_code ignored;
    const bool writes = !dry && std::filesystem::is_regular_file(path, ignored);
    const Status status = open_library(writes ? store::Library::Mode::read_write : store::Library::Mode::read_only);
    if (status && writes) settle_trash(program_, *library_);
    const bool none = !status && status.error().kind == ErrorKind::not_found;
    return none ? Status{} : status;
  }

  // What was deleted stays away, unless it is asked for by name.
  Status withhold_deleted(engine::PlanPolicy& policy) {
    const bool named = config::criteria_from(settings_).models.version_id.value > 0;
    if (!library_ || named || settings_.enabled(OptionId::include_deleted)) return {};
    const auto deleted = library_->deleted();
    if (!deleted) return fail(deleted.error());
    for (const store::DeletedFile& file : *deleted) policy.withheld.insert(file.file);
    return {};
  }

  Result<engine::Plan> scan_and_plan(engine::PlanPolicy& policy) {
    Progress progress(program_.screen, program_.clock, loudness());
    const auto documents = policy.model_documents ? engine::ModelDocuments::keep : engine::ModelDocuments::drop;
    const auto started = program_.clock.steady_now();
    auto found = engine::scan(config::criteria_from(settings_), documents, connection_->site(), program_.clock,
                              progress, program_.stop);
    progress.end();
    if (!found) return fail(found.error());
    const std::chrono::duration<double> taken = program_.clock.steady_now() - started;
    program_.log.debug("scan took {:.2f} s", taken.count());
    if (auto withheld = withhold_deleted(policy); !withheld) return fail(withheld.error());
    std::vector<LibraryEntry> entries;
    if (library_) {
      auto read = library_->entries();
      if (!read) return fail(read.error());
      entries = std::move(*read);
    }
    return engine::make_plan(std::move(*found), entries, policy, regular_file_size, engine::holds_document);
  }

  Loudness loudness() const { return loudness_of(program_); }
  bool json() const { return settings_.enabled(OptionId::json); }

  ExitCode decide(const engine::Plan& plan) {
    const auto free_space = files_.free_space(plan.root);
    const auto free = free_space ? std::optional(*free_space) : std::nullopt;
    if (auto status = look_at_images(plan); !status) return failed(status.error());
    if (settings_.enabled(OptionId::dry_run)) return show_only(plan, free);
    const bool nothing = plan.items.empty() && plan.documents.empty() && !has_images();
    // Whoever is asked sees what for.
    const bool shown = (!nothing && asks()) || (!json() && loudness() == Loudness::normal);
    if (shown) program_.screen.talk(plan_text(plan, free, Detail::brief, program_.screen.talk_columns()));
    if (shown && images_) program_.screen.talk(images_->plan_text());
    if (shown && nothing) program_.screen.talk(nothing_text(plan));
    constexpr std::string_view way_out = "make room, choose another --save-path, or narrow the criteria";
    if (auto status = check_room(plan, free, way_out); !status) return failed(status.error());
    if (!nothing && asks()) {
      switch (program_.prompter.ask("Download?")) {
        case term::Answer::yes: break;
        case term::Answer::no: program_.screen.talk("nothing downloaded\n"); return ExitCode::done;
        case term::Answer::gone: return interrupted();
      }
    }
    return execute(plan, free);
  }

  static std::string_view nothing_text(const engine::Plan& plan) {
    const bool all_here =
        plan.scan.skipped.contains(engine::SkipReason::already_here) && !plan.scan.trouble && !plan.scan.gave_up;
    return all_here ? "nothing to do: everything that is wanted is here\n" : "nothing to download\n";
  }

  Status look_at_images(const engine::Plan& plan) {
    if (!wants_model_images(settings_) || meta_only()) return {};
    images_.emplace(program_, *connection_, files_, plan);
    return images_->look_ahead();
  }

  bool has_images() const { return images_ && !images_->is_empty(); }

  ExitCode show_only(const engine::Plan& plan, std::optional<ByteCount> free) {
    if (json()) {
      print_json(plan, free, nullptr, {});
    } else {
      program_.screen.data(plan_text(plan, free, Detail::full, program_.screen.data_columns()));
      if (images_) program_.screen.data(images_->plan_text());
    }
    return exit_code_of(plan.scan);
  }

  ExitCode execute(const engine::Plan& plan, std::optional<ByteCount> free) {
    if (plan.items.empty() && plan.documents.empty()) return finish(plan, {}, free, {});
    if (!library_) {
      if (auto status = open_library(store::Library::Mode::read_write); !status) return failed(status.error());
    }
    const PlanRun run = run_plan(program_, plan, *connection_, *library_);
    return finish(plan, run.report, free, run.taken);
  }

  // What the run reached is told, then the pictures are brought that belong to it.
  ExitCode finish(const engine::Plan& plan, const engine::RunReport& report, std::optional<ByteCount> free,
                  std::chrono::milliseconds taken) {
    tell(plan, report, taken);
    const ExitCode code = exit_code_of(report, plan.scan);
    const bool with_pictures = images_ && !report.stopped_by;
    if (with_pictures) {
      if (auto status = images_->bring(report); !status) return failed(status.error());
    }
    if (json()) print_json(plan, free, &report, taken);
    if (!with_pictures) return code;
    return images_->was_interrupted() ? interrupted() : images_->exit_code(code);
  }

  bool meta_only() const { return settings_.enabled(OptionId::meta_only); }

  void tell(const engine::Plan& plan, const engine::RunReport& report, std::chrono::milliseconds taken) {
    const bool planned = !plan.items.empty() || !plan.documents.empty();
    if (!json() && planned && loudness() == Loudness::normal) program_.screen.talk(report_text(report, taken));
    if (!report.stopped_by) return;
    if (report.stopped_by->kind == ErrorKind::cancelled) {
      interrupted();
    } else {
      if (!is_told(report)) program_.screen.error(*report.stopped_by);
      // Who is refused will be refused again.
      const bool passes =
          report.stopped_by->kind != ErrorKind::authentication && report.stopped_by->kind != ErrorKind::insecure;
      program_.screen.talk(
          format("the run was ended early{}\n", passes ? "; run the same command again to continue" : ""));
    }
  }

  // A file's trouble is said when it happens; where that trouble ended the run, it is not said twice.
  static bool is_told(const engine::RunReport& report) {
    return std::any_of(report.items.begin(), report.items.end(), [&](const engine::ItemReport& item) {
      return item.error && item.error->message == report.stopped_by->message;
    });
  }

  void print_json(const engine::Plan& plan, std::optional<ByteCount> free, const engine::RunReport* report,
                  std::chrono::milliseconds taken) {
    json::Object shown = plan_json(plan, free);
    if (images_) shown.set("images", images_->plan_json());
    json::Object root;
    root.set("scan", scan_json(plan.scan)).set("plan", std::move(shown));
    if (report != nullptr) root.set("report", report_json(plan, *report, taken));
    if (report != nullptr && images_ && !report->stopped_by) root.set("images", images_->report_json());
    program_.screen.data(root.text() + "\n");
  }

  const Program& program_;
  const config::Settings& settings_;
  os::RealFileSystem files_;
  std::unique_ptr<Connection> connection_;
  std::optional<store::Library> library_;
  std::optional<ModelImages> images_;
};

}  // namespace

ExitCode run_download(const Program& program) { return Download(program).run(); }

}  // namespace civitai::cli
