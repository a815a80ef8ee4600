#include "engine/model_images.hpp"

#include "api/documents.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

constexpr std::size_t largest_model_document = 256UL << 20;

// Some documents give a picture's id only as the name in its URL: "…/original=true/12345.jpeg".
ImageId id_of(const ModelImage& image) {
  if (image.id) return image.id;
  const std::string name = split(image.url.substr(0, image.url.find_first_of("?#")), '/').back();
  return {std::max<std::int64_t>(0, parse_integer(name.substr(0, name.find('.'))).value_or(0))};
}

class Planner {
 public:
  Planner(const Plan& plan, const RunReport& report, const FindMedia& find, const ListImages& list)
      : plan_(plan), find_(find), list_(list) {
    for (std::size_t i = 0; i < plan.items.size() && i < report.items.size(); ++i) {
      const auto outcome = report.items[i].outcome;
      const bool here = outcome == ItemReport::Outcome::downloaded || outcome == ItemReport::Outcome::adopted;
      if (!here) missing_.insert(plan.file_of(plan.items[i].place).id);
    }
  }

  ImagePlan run(const ModelImagesPolicy& policy) {
    for (const ChosenModel& model : plan_.models) {
      if (policy.of_versions) add_versions(model);
      if (policy.of_models) add_model(model);
    }
    return std::move(images_);
  }

 private:
  void add_versions(const ChosenModel& model) {
    for (const ChosenVersion& chosen : model.versions) {
      const ModelVersion& version = chosen.version;
      const auto is_here = [&](const ModelFile& file) { return !missing_.contains(file.id); };
      const auto file = std::find_if(version.files.begin(), version.files.end(), is_here);
      if (file == version.files.end()) continue;
      add_images(version, plan_.root / layout::version_images_folder(model.model, version, *file));
    }
  }

  void add_model(const ChosenModel& chosen) {
    const auto text = store::decompress(chosen.document, largest_model_document);
    const auto model = text ? api::read_model(*text) : Result<Model>(fail(text.error()));
    if (!model || chosen.versions.empty()) return;
    const auto older = [](const ChosenVersion& a, const ChosenVersion& b) {
      return a.version.published_at < b.version.published_at;
    };
    const auto newest = std::max_element(chosen.versions.begin(), chosen.versions.end(), older);
    const os::Path folder = plan_.root / layout::model_images_folder(chosen.model, newest->version);
    for (const ModelVersion& version : model->versions) add_images(version, folder / format("{}", version.id.value));
  }

  void add_images(const ModelVersion& version, const os::Path& folder) {
    std::unordered_set<ImageId> seen;
    for (const ModelImage& listed : version.images) {
      FoundImage found;
      found.image.id = id_of(listed);
      found.image.url = listed.url;
      found.image.media_type = listed.type;
      found.image.base_model = version.base_model;
      found.image.level = listed.nsfw_level;
      found.image.version_ids = {version.id};
      if (found.image.id && seen.insert(found.image.id).second) add(std::move(found), folder);
    }
    if (!list_) return;
    for (const FoundImage& found : all_of(version.id)) {
      if (seen.insert(found.image.id).second) add(found, folder);
    }
  }

  // Each version is asked for once, also where its images go to two folders.
  const std::vector<FoundImage>& all_of(VersionId version) {
    const auto [place, fresh] = lists_.try_emplace(version);
    if (!fresh || images_.scan.trouble) return place->second;
    auto images = list_(version);
    if (images) {
      place->second = std::move(*images);
    } else {
      images_.scan.trouble = images.error();
      images_.scan.notices.push_back(format("the images of version {} could not be listed", version.value));
    }
    return place->second;
  }

  void add(FoundImage found, const os::Path& folder) {
    os::Path stem = folder / format("{}", found.image.id.value);
    ++images_.scan.seen;
    if (find_(stem)) {
      ++images_.archived;
      return;
    }
    images_.items.push_back({std::move(found), std::move(stem), std::nullopt});
  }

  const Plan& plan_;
  const FindMedia& find_;
  const ListImages& list_;
  std::unordered_set<FileId> missing_;
  std::unordered_map<VersionId, std::vector<FoundImage>> lists_;
  ImagePlan images_;
};

}  // namespace

ImagePlan plan_model_images(const Plan& plan, const RunReport& report, const ModelImagesPolicy& policy,
                            const FindMedia& find, const ListImages& list) {
  return Planner(plan, report, find, list).run(policy);
}

}  // namespace civitai::engine
