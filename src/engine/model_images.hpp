// The pictures that come with models: beside each version that is here, and of every version of a model.
//
// They are planned after the model files were brought, and run as other images are (engine/image_run.hpp). Unlike the
// images that people collect, they belong to their folder: what counts as here is what lies there.
#pragma once

#include "engine/image_plan.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"

#include <functional>

namespace civitai::engine {

struct ModelImagesPolicy {
  bool of_versions = false;  // "{type}/{baseModel}/{modelName}/{versionID}-{fileNameSlug}/images/{imageID}.ext"
  bool of_models = false;    // "{type}/{baseModel}/{modelName}/images/{versionID}/{imageID}.ext"; needs kept documents
};

// All images of a version, beyond those that its document lists.
using ListImages = std::function<Result<std::vector<FoundImage>>(VersionId)>;

// The images of every version of which a file is here: brought by this run or an earlier one. Without `list` those of
// the version's own document; with it, both. A list that fails becomes a notice of the plan's scan, and its trouble.
[[nodiscard]] ImagePlan plan_model_images(const Plan& plan, const RunReport& report, const ModelImagesPolicy& policy,
                                          const FindMedia& find, const ListImages& list = {});

}  // namespace civitai::engine
