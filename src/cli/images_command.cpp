#include "cli/images_command.hpp"

#include "base/format.hpp"
#include "cli/connection.hpp"
#include "cli/image_view.hpp"
#include "cli/progress.hpp"
#include "config/criteria.hpp"
#include "engine/image_gallery.hpp"
#include "engine/image_run.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>

namespace civitai::cli {
namespace {

using config::OptionId;
using store::ImageArchive;
using Mode = store::Library::Mode;

class Images {
 public:
  explicit Images(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    auto policy = policy_from_settings();
    if (!policy) return failed(policy.error());
    if (!is_dry()) {
      if (auto status = os::check_creatable(policy->root); !status) return failed(status.error());
    }
    if (auto status = look_at_archive(); !status) return failed(status.error());
    auto connection = Connection::open(program_);
    if (!connection) return failed(connection.error());
    connection_ = std::move(*connection);
    return is_dry() ? show_only(*policy) : execute(*policy);
  }

 private:
  Result<engine::ImagePolicy> policy_from_settings() const {
    auto folder = layout::ImageTemplate::parse(settings_.text(OptionId::images_path_template));
    if (!folder) return fail(folder, "Images.PathTemplate");
    const std::string& own = settings_.text(OptionId::images_output_dir);
    const os::Path root = own.empty() ? config::save_path(settings_) / "images" : os::Path(own);
    engine::ImagePolicy policy{.root = std::filesystem::absolute(root).lexically_normal(),
                               .folder = std::move(*folder)};
    if (settings_.enabled(OptionId::images_metadata)) {
      policy.find_bare = [this](ImageId image) { return find_bare(image); };
    }
    return policy;
  }

  std::optional<os::Path> find_bare(ImageId image) const {
    if (archive_ == nullptr) return std::nullopt;
    const auto path = archive_->path_of(image);
    return path && *path && engine::lies_bare(**path) ? *path : std::nullopt;
  }

  bool json() const { return settings_.enabled(OptionId::json); }
  bool is_dry() const { return settings_.enabled(OptionId::dry_run); }
  bool has_archive() const { return !settings_.enabled(OptionId::images_no_archive); }
  Loudness loudness() const { return loudness_of(program_); }

  void talk(const std::string& text) const {
    if (loudness() == Loudness::normal) program_.screen.talk(text);
  }

  ExitCode failed(const Error& error) const {
    if (error.kind == ErrorKind::cancelled) return interrupted();
    program_.screen.error(error);
    return exit_code_of(error.kind);
  }

  ExitCode interrupted() const {
    program_.screen.talk("interrupted; run the same command again to continue\n");
    return ExitCode::interrupted;
  }

  Status open_archive(Mode mode) {
    auto archive = ImageArchive::open(std::filesystem::absolute(config::database_path(settings_)), mode);
    if (!archive) return fail(archive.error());
    archive_ = std::make_unique<ImageArchive>(std::move(*archive));
    return {};
  }

  // What exists is opened before the scan, so that trouble with it is told at once; what does not is made when there is
  // something to record.
  Status look_at_archive() {
    if (!has_archive()) return {};
    std::error_code ignored;
    const os::Path path = std::filesystem::absolute(config::database_path(settings_));
    if (!std::filesystem::exists(path, ignored)) return {};
    if (auto status = open_archive(is_dry() ? Mode::read_only : Mode::read_write); !status) return status;
    auto ids = archive_->ids();
    if (!ids) return fail(ids.error());
    known_ = std::move(*ids);
    return {};
  }

  // Hands every item that joins the plan on to `joined`; false from there ends the scan.
  Status scan(engine::ImagePlan& plan, const engine::ImagePolicy& policy, Progress& progress,
              const std::function<bool(const engine::ImageItem&)>& joined) {
    const engine::IsKnown is_known = [this](ImageId id) { return known_.contains(id); };
    const engine::FindMedia find = engine::FindOnDisk{};
    plan.root = policy.root;
    const engine::TakeImages take = [&](std::vector<engine::FoundImage> found) {
      const auto before = static_cast<std::ptrdiff_t>(plan.items.size());
      add_to_plan(plan, std::move(found), policy, is_known, find);
      return std::all_of(plan.items.begin() + before, plan.items.end(), joined);
    };
    auto report = engine::scan_images(config::image_query_from(settings_), connection_->site(), is_known, progress,
                                      take, program_.stop);
    if (!report) return fail(report.error());
    plan.scan = std::move(*report);
    return {};
  }

  ExitCode show_only(const engine::ImagePolicy& policy) {
    engine::ImagePlan plan;
    Progress progress(program_.screen, program_.clock, loudness());
    const Status status = scan(plan, policy, progress, [](const engine::ImageItem&) { return true; });
    progress.end();
    if (!status) return failed(status.error());
    talk(image_plan_text(plan, policy));
    if (json()) print_json(plan, policy, nullptr, {});
    return exit_code_of(engine::ImageRunReport{}, plan.scan);
  }

  engine::ImageRunOptions run_options() const {
    return {.concurrency = settings_.count(OptionId::images_concurrency),
            .documents = settings_.enabled(OptionId::images_metadata) ? engine::ImageDocuments::beside
                                                                      : engine::ImageDocuments::none};
  }

  // The first images are fetched while the site is asked for the next page.
  ExitCode execute(const engine::ImagePolicy& policy) {
    engine::ImagePlan plan;
    Progress progress(program_.screen, program_.clock, loudness());
    const engine::Tools tools = connection_->tools(program_, files_, progress);
    std::optional<engine::ImageRun> run;
    Status opened;
    const auto started = program_.clock.steady_now();
    const auto joined = [&](const engine::ImageItem& item) {
      if (!run) {
        if (has_archive() && archive_ == nullptr) opened = open_archive(Mode::read_write);
        if (!opened) return false;
        run.emplace(run_options(), tools, policy.root, archive_.get(), program_.stop);
      }
      progress.add(item);
      return run->add(item);
    };
    const Status scanned = scan(plan, policy, progress, joined);
    progress.end_scan();
    if (scanned && opened && !json()) talk(image_plan_text(plan, policy));
    engine::ImageRunReport report = run ? run->finish() : engine::ImageRunReport{};
    report.items.resize(plan.items.size());
    if (!report.stopped_by) write_missing_documents(plan, files_, report);
    progress.end();
    if (!opened) return failed(opened.error());
    if (!scanned && plan.items.empty()) return failed(scanned.error());
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(program_.clock.steady_now() - started);
    if (json()) print_json(plan, policy, &report, taken);
    if (!json() && !(plan.items.empty() && plan.bare.empty())) talk(image_report_text(report, taken));
    return end(plan, policy, report);
  }

  ExitCode end(const engine::ImagePlan& plan, const engine::ImagePolicy& policy, const engine::ImageRunReport& report) {
    const bool stopped = report.stopped_by && report.stopped_by->kind == ErrorKind::cancelled;
    if (stopped) return interrupted();
    if (settings_.enabled(OptionId::images_gallery)) {
      if (auto status = make_gallery(plan, policy, report); !status) return failed(status.error());
    }
    return exit_code_of(report, plan.scan);
  }

  // Of everything in the folder, as far as the archive knows it; without an archive, of this run.
  Status make_gallery(const engine::ImagePlan& plan, const engine::ImagePolicy& policy,
                      const engine::ImageRunReport& report) {
    Result<std::vector<store::ArchivedImage>> images = std::vector<store::ArchivedImage>{};
    if (archive_ != nullptr) {
      images = archive_->below(policy.root);
    } else {
      images = images_of(plan, report);
    }
    if (!images) return fail(images.error());
    if (auto status = engine::write_gallery(policy.root, *images, files_); !status) return status;
    talk(format("gallery: {}\n", (policy.root / engine::gallery_name).string()));
    return {};
  }

  static std::vector<store::ArchivedImage> images_of(const engine::ImagePlan& plan,
                                                     const engine::ImageRunReport& report) {
    std::vector<store::ArchivedImage> images;
    for (std::size_t i = 0; i < report.items.size(); ++i) {
      if (report.items[i].path.empty()) continue;
      const engine::FoundImage& found = plan.items[i].found;
      images.push_back({.image = found.image,
                        .path = report.items[i].path,
                        .size = report.items[i].size,
                        .document = {found.document}});
    }
    return images;
  }

  void print_json(const engine::ImagePlan& plan, const engine::ImagePolicy& policy,
                  const engine::ImageRunReport* report, std::chrono::milliseconds taken) const {
    json::Object root;
    root.set("scan", image_scan_json(plan.scan)).set("plan", image_plan_json(plan, policy));
    if (report != nullptr) root.set("report", image_report_json(plan, *report, taken));
    program_.screen.data(root.text() + "\n");
  }

  const Program& program_;
  const config::Settings& settings_;
  os::RealFileSystem files_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<ImageArchive> archive_;
  std::unordered_set<ImageId> known_;
};

}  // namespace

ExitCode run_images_command(const Program& program) { return Images(program).run(); }

}  // namespace civitai::cli
