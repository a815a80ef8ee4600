#include "cli/model_images.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/image_view.hpp"
#include "cli/progress.hpp"

#include <chrono>

namespace civitai::cli {
namespace {

using config::OptionId;

// The site's own list of a version's images, as far as the levels that are wanted go.
engine::ListImages lister(const Program& program, Connection& connection, engine::Observer& observer) {
  if (!program.settings.enabled(OptionId::all_images)) return {};
  return [&](VersionId version) -> Result<std::vector<engine::FoundImage>> {
    ImageQuery query;
    query.version_id = version;
    query.limit = 0;
    query.nsfw = program.settings.enabled(OptionId::nsfw) ? "" : "None";
    const engine::IsKnown none = [](ImageId) { return false; };
    auto scan = engine::scan_images(query, connection.site(), none, observer, program.stop);
    if (!scan) return fail(scan.error());
    if (scan->report.trouble) return fail(*scan->report.trouble);
    for (const std::string& notice : scan->report.notices) program.log.warn("version {}: {}", version.value, notice);
    return std::move(scan->images);
  };
}

std::string summary(const ModelImages& images, std::chrono::milliseconds taken) {
  const int here = images.plan.archived;
  std::string text = format("images of models: {} wanted, {} here already", images.plan.scan.seen, here);
  if (!images.plan.items.empty()) text += format("; {}", trim(image_report_text(images.report, taken)));
  text += "\n";
  for (const std::string& notice : images.plan.scan.notices) text += format("note: {}\n", printable(notice));
  return text;
}

}  // namespace

bool wants_model_images(const config::Settings& settings) {
  const bool of_models = settings.enabled(OptionId::model_images) && settings.enabled(OptionId::model_info);
  return of_models || settings.enabled(OptionId::version_images);
}

ModelImages bring_model_images(const Program& program, Connection& connection, os::FileSystem& files,
                               const engine::Plan& plan, const engine::RunReport& report) {
  const config::Settings& settings = program.settings;
  const Loudness loudness = settings.enabled(OptionId::quiet) ? Loudness::quiet : Loudness::normal;
  const engine::ModelImagesPolicy policy{
      .of_versions = settings.enabled(OptionId::version_images),
      .of_models = settings.enabled(OptionId::model_images) && settings.enabled(OptionId::model_info)};
  const auto started = program.clock.steady_now();
  Progress progress(program.screen, program.clock, loudness);
  ModelImages images;
  images.plan = plan_model_images(plan, report, policy, engine::find_media, lister(program, connection, progress));
  progress.begin(images.plan);
  const engine::Tools tools = connection.tools(program, files, progress);
  const engine::ImageRunOptions options{.concurrency = settings.count(OptionId::images_concurrency)};
  images.report = engine::run_images(images.plan, options, tools, nullptr, program.stop);
  progress.end();
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(program.clock.steady_now() - started);
  const bool talks = loudness == Loudness::normal && !settings.enabled(OptionId::json);
  if (talks) program.screen.talk(summary(images, taken));
  return images;
}

ExitCode with_images(ExitCode models, const ModelImages& images) {
  if (models != ExitCode::done) return models;
  const ExitCode code = exit_code_of(images.report, images.plan.scan);
  return code == ExitCode::done || images.report.stopped_by ? code : ExitCode::some_failed;
}

json::Object model_images_json(const ModelImages& images) {
  json::Object object = image_report_json(images.plan, images.report, {});
  object.set("wanted", images.plan.scan.seen).set("here", images.plan.archived);
  return object;
}

}  // namespace civitai::cli
