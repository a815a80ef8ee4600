// The pictures that come with models: beside each version that is here, and of every version of a model.
//
// They are planned before the model files are brought, so that they can be shown, and again once it is known which
// files came; they run as other images do (engine/image_run.hpp). They belong to their folder, and yet each is fetched
// once in its life: what lies in another place is copied, and what was saved and is gone stays away, unless its model
// comes anew.
#pragma once

#include "engine/image_plan.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"

#include <functional>
#include <unordered_map>

namespace civitai::engine {

struct ModelImagesPolicy {
  bool of_versions = false;  // "{type}/{baseModel}/{modelName}/{versionID}-{fileNameSlug}/images/{imageID}.ext"
  bool of_models = false;    // "{type}/{baseModel}/{modelName}/images/{versionID}/{imageID}.ext"; needs kept documents
};

// All images of a version, beyond those that its document lists.
using ListImages = std::function<Result<std::vector<FoundImage>>(VersionId)>;

// Where the archive says that an image was saved.
using WhereSaved = std::function<std::optional<os::Path>(ImageId)>;

struct ModelImagesPlan {
  ImagePlan images;
  // The same images for a second folder: copied from `copy_of`, a path without extension, once the first are here.
  ImagePlan twins;
};

// How the planner finds out what is here.
struct ImageSources {
  FindMedia find;
  WhereSaved saved;  // may be empty
  ListImages list;   // empty: only those of the version's own document
};

// Not for sharing between threads. Lists that were asked for are kept, so that planning again asks for nothing.
class ModelImagesPlanner {
 public:
  // The plan must outlive it.
  ModelImagesPlanner(const Plan& plan, ModelImagesPolicy policy, ImageSources sources)
      : plan_(plan), policy_(policy), sources_(std::move(sources)) {}

  // The images of every version of which a file is here, or will be: with a report of the run only of what came. A list
  // that fails becomes a notice of the plan's scan, and its trouble.
  [[nodiscard]] ModelImagesPlan plan(const RunReport* report = nullptr);

 private:
  const Plan& plan_;
  ModelImagesPolicy policy_;
  ImageSources sources_;
  std::unordered_map<VersionId, Result<std::vector<FoundImage>>> lists_;
  friend class ModelImagesPass;
};

}  // namespace civitai::engine
