// The pictures that `download` saves with the models: --version-images, --model-images, --all-images.
#pragma once

#include "cli/connection.hpp"
#include "cli/program.hpp"
#include "engine/image_run.hpp"
#include "engine/model_images.hpp"
#include "json/writer.hpp"

namespace civitai::cli {

struct ModelImages {
  engine::ImagePlan plan;
  engine::ImageRunReport report;
};

[[nodiscard]] bool wants_model_images(const config::Settings& settings);

// Plans them after the run of the models, fetches what is not here, and tells of it unless quiet or --json.
[[nodiscard]] ModelImages bring_model_images(const Program& program, Connection& connection, os::FileSystem& files,
                                             const engine::Plan& plan, const engine::RunReport& report);

// The exit code of both runs together.
[[nodiscard]] ExitCode with_images(ExitCode models, const ModelImages& images);

[[nodiscard]] json::Object model_images_json(const ModelImages& images);

}  // namespace civitai::cli
