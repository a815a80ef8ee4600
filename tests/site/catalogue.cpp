#include "site/catalogue.hpp"

#include "base/format.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace standin {
namespace {

using civitai::format;

constexpr std::uint64_t smallest_with_header = 256;

void check(const std::vector<Patch>& patches) {
  for (const Patch& patch : patches) {
    if (patch.set.empty()) continue;
    if (!nlohmann::json::accept(patch.set) || !nlohmann::json::parse(patch.set).is_object()) {
      throw std::invalid_argument("a patch must be a JSON object: " + patch.set);
    }
  }
}

// Looks random, is not: the same id has the same uuid in every run.
std::string uuid_for(std::int64_t id) {
  const std::string bytes = Content::generated(static_cast<std::uint64_t>(id) ^ 0xA5A5, 16).text();
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  text[14] = '4';
  return text;
}

// A moment between 2023 and 2026 that follows from the id.
std::string date_for(std::int64_t id) {
  const auto n = static_cast<std::uint64_t>(id) * 2654435761U;
  return format("{}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", 2023 + n % 3, 1 + n / 3 % 12, 1 + n / 36 % 28, n / 1008 % 24,
                n / 24192 % 60, n / 1451520 % 60, n % 1000);
}

std::string extension_for(const File& file) {
  if (file.format == "SafeTensor") return ".safetensors";
  if (file.format == "GGUF") return ".gguf";
  if (file.format == "PickleTensor") return ".pt";
  return file.type == "Config" ? ".yaml" : ".zip";
}

template <class Items>
auto find_id(Items& items, std::int64_t id) -> decltype(items.data()) {
  for (auto& item : items) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

}  // namespace

Content File::bytes() const {
  if (content) return Content::literal(*content);
  const std::uint64_t own_seed = seed != 0 ? seed : static_cast<std::uint64_t>(id);
  const bool wanted = layout == Layout::safetensors || (layout == Layout::automatic && format == "SafeTensor");
  if (!wanted || size < smallest_with_header) return Content::generated(own_seed, size);
  return Content::generated(own_seed, size, safetensors_head(own_seed, size));
}

std::int64_t Catalogue::enter(Owners& owners, std::int64_t id, std::int64_t& next, Model& model) {
  if (id == 0) {
    while (owners.contains(next)) ++next;
    id = next++;
  }
  const auto [place, added] = owners.emplace(id, &model);
  if (!added && place->second != &model) throw std::invalid_argument(format("id {} is taken", id));
  return id;
}

void Catalogue::enter(Model& model, Version& version) {
  version.id = enter(by_version_, version.id, next_version_, model);
  check(version.patches);
  if (version.published_at.empty()) version.published_at = date_for(version.id);
  for (File& file : version.files) {
    file.id = enter(by_file_, file.id, next_file_, model);
    if (file.name.empty()) file.name = format("file_{}{}", file.id, extension_for(file));
    check(file.patches);
  }
  for (auto* images : {&version.images, &version.gallery}) {
    for (Image& image : *images) {
      image.id = enter(by_image_, image.id, next_image_, model);
      if (image.uuid.empty()) image.uuid = uuid_for(image.id);
      if (image.created_at.empty()) image.created_at = date_for(image.id);
      image_ids_[image.uuid] = image.id;
      check(image.patches);
    }
  }
}

void Catalogue::enter(Model& model) {
  model.id = enter(by_model_, model.id, next_model_, model);
  if (model.name.empty()) model.name = format("Model {}", model.id);
  check(model.patches);
  for (Version& version : model.versions) enter(model, version);
}

Model& Catalogue::add(Model model) {
  models_.push_back(std::move(model));
  try {
    enter(models_.back());
  } catch (...) {
    models_.pop_back();
    refresh();
    throw;
  }
  return models_.back();
}

void Catalogue::add_collection(Collection collection) {
  if (collection.id == 0) collection.id = 700001 + static_cast<std::int64_t>(collections_.size());
  collections_.push_back(std::move(collection));
}

void Catalogue::remove(std::int64_t model_id) {
  models_.remove_if([&](const Model& model) { return model.id == model_id; });
  refresh();
}

void Catalogue::refresh() {
  for (Owners* owners : {&by_model_, &by_version_, &by_file_, &by_image_}) owners->clear();
  image_ids_.clear();
  for (Model& model : models_) enter(model);
}

Catalogue::Hit Catalogue::find_model(std::int64_t id) const {
  const auto owner = by_model_.find(id);
  return owner == by_model_.end() ? Hit{} : Hit{.model = owner->second};
}

Catalogue::Hit Catalogue::find_version(std::int64_t id) const {
  const auto owner = by_version_.find(id);
  if (owner == by_version_.end()) return {};
  return {.model = owner->second, .version = find_id(std::as_const(owner->second->versions), id)};
}

Catalogue::Hit Catalogue::find_file(std::int64_t id) const {
  const auto owner = by_file_.find(id);
  if (owner == by_file_.end()) return {};
  for (const Version& version : owner->second->versions) {
    if (const File* file = find_id(version.files, id))
      return {.model = owner->second, .version = &version, .file = file};
  }
  return {};
}

Catalogue::Hit Catalogue::find_image(std::int64_t id) const {
  const auto owner = by_image_.find(id);
  if (owner == by_image_.end()) return {};
  for (const Version& version : owner->second->versions) {
    for (const auto* images : {&version.images, &version.gallery}) {
      if (const Image* image = find_id(*images, id)) {
        return {.model = owner->second, .version = &version, .image = image};
      }
    }
  }
  return {};
}

Catalogue::Hit Catalogue::find_image_by_uuid(const std::string& uuid) const {
  const auto id = image_ids_.find(uuid);
  return id == image_ids_.end() ? Hit{} : find_image(id->second);
}

Model* Catalogue::model(std::int64_t id) {
  const auto owner = by_model_.find(id);
  return owner == by_model_.end() ? nullptr : owner->second;
}

Version* Catalogue::version(std::int64_t id) {
  const auto owner = by_version_.find(id);
  return owner == by_version_.end() ? nullptr : find_id(owner->second->versions, id);
}

File* Catalogue::file(std::int64_t id) {
  const auto owner = by_file_.find(id);
  if (owner == by_file_.end()) return nullptr;
  for (Version& version : owner->second->versions) {
    if (File* file = find_id(version.files, id)) return file;
  }
  return nullptr;
}

}  // namespace standin
