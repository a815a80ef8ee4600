// The pictures that `download` saves with the models: --version-images, --model-images, --all-images.
#pragma once

#include "cli/connection.hpp"
#include "cli/program.hpp"
#include "engine/image_run.hpp"
#include "engine/model_images.hpp"
#include "json/writer.hpp"
#include "store/image_archive.hpp"

#include <memory>

namespace civitai::cli {

[[nodiscard]] bool wants_model_images(const config::Settings& settings);

// The job of one `download`. What it is given must outlive it.
class ModelImages {
 public:
  ModelImages(const Program& program, Connection& connection, os::FileSystem& files, const engine::Plan& plan);

  // Looks at what is here and asks the site for lists where those are wanted.
  [[nodiscard]] Status look_ahead();
  [[nodiscard]] bool is_empty() const { return ahead_.images.items.empty() && ahead_.twins.items.empty(); }
  // What will be done, in a line.
  [[nodiscard]] std::string plan_text() const;
  [[nodiscard]] json::Object plan_json() const;

  // After the run of the models: brings what belongs to the files that are here, and tells of it unless quiet or
  // --json.
  [[nodiscard]] Status bring(const engine::RunReport& report);
  [[nodiscard]] bool was_interrupted() const;
  // The exit code of both runs together.
  [[nodiscard]] ExitCode exit_code(ExitCode models) const;
  [[nodiscard]] json::Object report_json() const;

 private:
  [[nodiscard]] Status open_archive(store::Library::Mode mode);
  [[nodiscard]] engine::ImageSources sources();
  void run(engine::ImageRunReport& report, const engine::ImagePlan& plan, store::ImageArchive* archive);
  void take_twins(engine::ImagePlan twins);
  [[nodiscard]] bool talks() const;

  const Program& program_;
  const config::Settings& settings_;
  Connection& connection_;
  os::FileSystem& files_;
  std::unique_ptr<store::ImageArchive> archive_;  // null: there is none
  engine::ModelImagesPlanner planner_;
  engine::ModelImagesPlan ahead_;
  engine::ImagePlan plan_;  // of what has run
  engine::ImageRunReport report_;
};

}  // namespace civitai::cli
