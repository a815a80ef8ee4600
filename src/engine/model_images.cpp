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

}  // namespace

// One time of planning.
class ModelImagesPass {
 public:
  ModelImagesPass(ModelImagesPlanner& planner, const RunReport* report)
      : planner_(planner), plan_(planner.plan_), sources_(planner.sources_) {
    result_.images.root = plan_.root;
    result_.twins.root = plan_.root;
    for (std::size_t i = 0; i < plan_.items.size(); ++i) take_item(i, report);
  }

  ModelImagesPlan run() {
    for (const ChosenModel& model : plan_.models) {
      if (planner_.policy_.of_versions) add_versions(model);
      if (planner_.policy_.of_models) add_model(model);
    }
    return std::move(result_);
  }

 private:
  // Without a report all of them will come.
  void take_item(std::size_t index, const RunReport* report) {
    const auto outcome = report == nullptr              ? ItemReport::Outcome::downloaded
                         : index < report->items.size() ? report->items[index].outcome
                                                        : ItemReport::Outcome::not_started;
    const Place& place = plan_.items[index].place;
    if (outcome == ItemReport::Outcome::downloaded) {
      fresh_versions_.insert(plan_.version_of(place).version.id);
      fresh_models_.insert(plan_.model_of(place).model.id);
    } else if (outcome != ItemReport::Outcome::adopted) {
      missing_.insert(plan_.file_of(place).id);
    }
  }

  void add_versions(const ChosenModel& model) {
    for (const ChosenVersion& chosen : model.versions) {
      const ModelVersion& version = chosen.version;
      const auto is_here = [&](const ModelFile& file) { return !missing_.contains(file.id); };
      const auto file = std::find_if(version.files.begin(), version.files.end(), is_here);
      if (file == version.files.end()) continue;
      fresh_ = fresh_versions_.contains(version.id);
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
    fresh_ = fresh_models_.contains(chosen.model.id);
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
    if (!sources_.list) return;
    const auto* const all = all_of(version.id);
    if (all == nullptr) return;
    for (const FoundImage& found : *all) {
      if (seen.insert(found.image.id).second) add(found, folder);
    }
  }

  // Each version is asked for once, also where its images go to two folders; after trouble, none any more.
  const std::vector<FoundImage>* all_of(VersionId version) {
    auto place = planner_.lists_.find(version);
    if (place == planner_.lists_.end()) {
      if (result_.images.scan.trouble) return nullptr;
      place = planner_.lists_.emplace(version, sources_.list(version)).first;
    }
    if (place->second) return &*place->second;
    if (told_.insert(version).second) {
      result_.images.scan.trouble = place->second.error();
      result_.images.scan.notices.push_back(format("the images of version {} could not be listed", version.value));
    }
    return nullptr;
  }

  void add(FoundImage found, const os::Path& folder) {
    ImagePlan& images = result_.images;
    const ImageId id = found.image.id;
    os::Path stem = folder / format("{}", id.value);
    ++images.scan.seen;
    if (sources_.find(stem)) {
      ++images.archived;
      return;
    }
    ImageItem item{.found = std::move(found), .stem = stem, .present = {}};
    const auto [first, alone] = first_stems_.try_emplace(id, stem);
    if (!alone) {
      item.copy_of = first->second;
      result_.twins.items.push_back(std::move(item));
      return;
    }
    const auto saved = sources_.saved ? sources_.saved(id) : std::nullopt;
    if (saved && os::file_size(*saved)) item.copy_of = *saved;
    if (saved && !item.copy_of && !fresh_) {
      first_stems_.erase(first);
      ++images.archived;
      return;
    }
    images.items.push_back(std::move(item));
  }

  ModelImagesPlanner& planner_;
  const Plan& plan_;
  const ImageSources& sources_;
  std::unordered_set<FileId> missing_;
  std::unordered_set<VersionId> fresh_versions_;  // of which a file comes in this run
  std::unordered_set<ModelId> fresh_models_;
  bool fresh_ = false;  // what is being added
  std::unordered_set<VersionId> told_;
  std::unordered_map<ImageId, os::Path> first_stems_;
  ModelImagesPlan result_;
};

ModelImagesPlan ModelImagesPlanner::plan(const RunReport* report) { return ModelImagesPass(*this, report).run(); }

}  // namespace civitai::engine
