#include "cli/model_images.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/image_view.hpp"
#include "cli/progress.hpp"
#include "config/criteria.hpp"

#include <chrono>
#include <iterator>
#include <utility>

namespace civitai::cli {
namespace {

using config::OptionId;
using Mode = store::Library::Mode;

engine::ModelImagesPolicy policy_from(const config::Settings& settings) {
  return {.of_versions = settings.enabled(OptionId::version_images),
          .of_models = settings.enabled(OptionId::model_images) && settings.enabled(OptionId::model_info)};
}

// The site's own list of a version's images, as far as the levels that are wanted go.
engine::ListImages lister(const Program& program, Connection& connection) {
  if (!program.settings.enabled(OptionId::all_images)) return {};
  return [&](VersionId version) -> Result<std::vector<engine::FoundImage>> {
    ImageQuery query;
    query.version_id = version;
    query.limit = 0;
    query.nsfw = program.settings.enabled(OptionId::nsfw) ? "" : "None";
    const engine::IsKnown none = [](ImageId) { return false; };
    Progress progress(program.screen, program.clock, loudness_of(program));
    auto scan = engine::scan_images(query, connection.site(), none, progress, program.stop);
    progress.end();
    if (!scan) return fail(scan.error());
    if (scan->report.trouble) return fail(*scan->report.trouble);
    for (const std::string& notice : scan->report.notices) program.log.warn("version {}: {}", version.value, notice);
    return std::move(scan->images);
  };
}

std::size_t copies(const engine::ModelImagesPlan& plan) {
  std::size_t count = plan.twins.items.size();
  for (const engine::ImageItem& item : plan.images.items) count += item.copy_of ? 1U : 0U;
  return count;
}

std::string notes(const engine::ImageScanReport& scan) {
  std::string text;
  for (const std::string& notice : scan.notices) text += format("note: {}\n", printable(notice));
  return text;
}

}  // namespace

bool wants_model_images(const config::Settings& settings) {
  const engine::ModelImagesPolicy policy = policy_from(settings);
  return policy.of_models || policy.of_versions;
}

ModelImages::ModelImages(const Program& program, Connection& connection, os::FileSystem& files,
                         const engine::Plan& plan)
    : program_(program),
      settings_(program.settings),
      connection_(connection),
      files_(files),
      planner_(plan, policy_from(program.settings), sources()) {}

engine::ImageSources ModelImages::sources() {
  const engine::WhereSaved saved = [this](ImageId image) -> std::optional<os::Path> {
    const auto path = archive_ != nullptr ? archive_->path_of(image) : Result<std::optional<os::Path>>(std::nullopt);
    return path ? *path : std::nullopt;
  };
  // What a look ahead found missing may have come since.
  const engine::FindMedia find = [](const os::Path& stem) { return engine::FindOnDisk{}(stem); };
  return {.find = find, .saved = saved, .list = lister(program_, connection_)};
}

Status ModelImages::open_archive(Mode mode) {
  if (settings_.enabled(OptionId::images_no_archive)) return {};
  std::error_code ignored;
  const os::Path path = std::filesystem::absolute(config::database_path(settings_));
  if (mode == Mode::read_only && !std::filesystem::exists(path, ignored)) return {};
  auto archive = store::ImageArchive::open(path, mode);
  if (!archive) return fail(archive.error());
  archive_ = std::make_unique<store::ImageArchive>(std::move(*archive));
  return {};
}

Status ModelImages::look_ahead() {
  if (auto status = open_archive(Mode::read_only); !status) return status;
  ahead_ = planner_.plan();
  return program_.stop.stop_requested() ? Status(fail(ErrorKind::cancelled, "interrupted")) : Status{};
}

std::string ModelImages::plan_text() const {
  const engine::ImagePlan& images = ahead_.images;
  const std::size_t copied = copies(ahead_);
  std::string text =
      format("images of models: {} to download", images.items.size() + ahead_.twins.items.size() - copied);
  if (copied > 0) text += format(", {} to copy", copied);
  return text + format(", {} here already\n", images.archived) + notes(images.scan);
}

json::Object ModelImages::plan_json() const {
  const std::size_t copied = copies(ahead_);
  json::Array items;
  for (const engine::ImagePlan* const plan : {&ahead_.images, &ahead_.twins}) {
    for (const engine::ImageItem& item : plan->items) {
      json::Object object;
      object.set("image_id", item.found.image.id.value).set("url", item.found.image.url);
      object.set("path", item.stem.string()).set("action", item.copy_of ? "copy" : "fetch");
      items.add(std::move(object));
    }
  }
  json::Object object;
  object.set("wanted", ahead_.images.scan.seen).set("here", ahead_.images.archived);
  object.set("to_download", ahead_.images.items.size() + ahead_.twins.items.size() - copied).set("to_copy", copied);
  object.set("items", std::move(items));
  return object;
}

bool ModelImages::talks() const {
  return loudness_of(program_) == Loudness::normal && !settings_.enabled(OptionId::json);
}

void ModelImages::run(engine::ImageRunReport& report, const engine::ImagePlan& plan, store::ImageArchive* archive) {
  Progress progress(program_.screen, program_.clock, loudness_of(program_));
  progress.begin(plan);
  const engine::Tools tools = connection_.tools(program_, files_, progress);
  // Who says how many files shall come at once means these, too.
  const bool told = settings_.given(OptionId::concurrency);
  const engine::ImageRunOptions options{
      .concurrency = settings_.count(told ? OptionId::concurrency : OptionId::images_concurrency)};
  report = engine::run_images(plan, options, tools, archive, program_.stop);
  progress.end();
}

// What came is known only now.
void ModelImages::take_twins(engine::ImagePlan twins) {
  for (engine::ImageItem& item : twins.items) item.copy_of = engine::FindOnDisk{}(*item.copy_of);
  std::erase_if(twins.items, [](const engine::ImageItem& item) { return !item.copy_of; });
  if (twins.items.empty() || report_.stopped_by) return;
  engine::ImageRunReport report;
  run(report, twins, nullptr);
  std::move(twins.items.begin(), twins.items.end(), std::back_inserter(plan_.items));
  std::move(report.items.begin(), report.items.end(), std::back_inserter(report_.items));
  report_.stopped_by = report.stopped_by;
}

Status ModelImages::bring(const engine::RunReport& report) {
  const auto started = program_.clock.steady_now();
  if (auto status = open_archive(Mode::read_write); !status) return status;
  engine::ModelImagesPlan plan = planner_.plan(&report);
  plan_ = std::move(plan.images);
  run(report_, plan_, archive_.get());
  take_twins(std::move(plan.twins));
  if (!talks()) return {};
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(program_.clock.steady_now() - started);
  std::string text = format("images of models: {} wanted, {} here already", plan_.scan.seen, plan_.archived);
  if (!plan_.items.empty()) text += format("; {}", trim(image_report_text(report_, taken)));
  program_.screen.talk(text + "\n" + notes(plan_.scan));
  return {};
}

bool ModelImages::was_interrupted() const {
  return report_.stopped_by && report_.stopped_by->kind == ErrorKind::cancelled;
}

ExitCode ModelImages::exit_code(ExitCode models) const {
  if (models != ExitCode::done) return models;
  const ExitCode code = exit_code_of(report_, plan_.scan);
  return code == ExitCode::done || report_.stopped_by ? code : ExitCode::some_failed;
}

json::Object ModelImages::report_json() const {
  json::Object object = image_report_json(plan_, report_, {});
  object.set("wanted", plan_.scan.seen).set("here", plan_.archived);
  return object;
}

}  // namespace civitai::cli
