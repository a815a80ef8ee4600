#include "base/format.hpp"
#include "base/time.hpp"
#include "site/documents.hpp"
#include "site/selection.hpp"
#include "site/url.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace standin {
namespace {

using civitai::format;

bool ends_later(const PaidAccess& paid) { return !paid.permanent && !paid.ends_at.empty(); }

// The older form of a file's own link: by its traits, so that twins share one.
std::string link_by_traits(const std::string& base, const Version& version, const File& file) {
  std::string link = format("{}/api/download/models/{}?type={}", base, version.id, percent_encode(file.type));
  if (file.type == "Training Data") return link;
  const std::pair<std::string_view, const std::string*> traits[] = {
      {"format", &file.format}, {"size", &file.size_class}, {"fp", &file.precision}, {"quantType", &file.quantisation}};
  for (const auto& [name, value] : traits) {
    if (!value->empty()) link += format("&{}={}", name, percent_encode(*value));
  }
  return link;
}

std::string file_link(const std::string& base, const Version& version, const File& file, Form form) {
  const std::string bare = format("{}/api/download/models/{}", base, version.id);
  if (form != Form::list) {
    return file.linked ? bare + "?type=" + percent_encode(file.type) : format("{}?fileId={}", bare, file.id);
  }
  return is_primary(version, file) ? bare : link_by_traits(base, version, file);
}

Json file_metadata(const File& file, Form form) {
  Json metadata = Json::object();
  if (!file.format.empty()) metadata["format"] = file.format;
  if (!file.size_class.empty()) metadata["size"] = file.size_class;
  if (!file.precision.empty()) metadata["fp"] = file.precision;
  if (!file.quantisation.empty() && form != Form::version) metadata["quantType"] = file.quantisation;
  return metadata;
}

Json scanned_at(const Version& version, const File& file, Form form) {
  if (file.virus_scan == "Pending" || version.published_at == "-") return nullptr;
  std::string date = version.published_at;
  // The version document is made by the database, which writes no zone.
  if (form == Form::version && !date.empty() && date.back() == 'Z') date.pop_back();
  return date;
}

Json version_in_model(const DocumentSettings& settings, const Model& model, const Version& version, std::size_t index,
                      Form form) {
  const bool list = form == Form::list;
  const bool archived = model.mode == "Archived";
  Json document = {{"id", version.id},
                   {"index", version.without_index ? Json(nullptr) : Json(index)},
                   {"name", version.name},
                   {"baseModel", version.base_model},
                   {"baseModelType", or_null(version.base_model_type)}};
  if (!list) document["createdAt"] = date_or_null(version.published_at);
  document["publishedAt"] = date_or_null(version.published_at);
  if (!list) document["status"] = version.status;
  document["flags"] = 0;
  document["availability"] = version.availability;
  document["nsfwLevel"] = version.level;
  document["description"] = or_null(version.description);
  document["trainedWords"] = version.trained_words;
  document["vaeId"] = nullptr;
  if (!list) document["covered"] = true;
  if (version.paid_access && ends_later(*version.paid_access)) {
    document["earlyAccessDeadline"] = version.paid_access->ends_at;
  }
  document["paidAccess"] = paid_document(version.paid_access);
  document["stats"] = {{"downloadCount", or_null(version.downloads)},
                       {"thumbsUpCount", version.likes},
                       {"thumbsDownCount", version.likes / 40}};
  if (list) document["supportsGeneration"] = true;

  Json files = Json::array();
  for (const File* file : visible_files(version)) {
    if (archived || (settings.primary_only && !is_primary(version, *file))) continue;
    files.push_back(file_document(settings, version, *file, form));
  }
  document["files"] = std::move(files);

  Json images = Json::array();
  for (const Image& image : version.images) {
    if (model.mode == "TakenDown" || images.size() == 20) break;
    if (list && !settings.all_levels && image.level != 1) continue;
    images.push_back(embedded_image(settings, image, form));
  }
  document["images"] = std::move(images);
  if (!archived) document["downloadUrl"] = format("{}/api/download/models/{}", settings.base, version.id);
  return document;
}

void remove_empties(Json& document) {
  for (auto member = document.begin(); member != document.end();) {
    const bool empty = member->is_null() || (member->is_array() && member->empty());
    member = empty ? document.erase(member) : std::next(member);
  }
}

// The list writes the licence as a database literal, the single form as an array.
Json commercial_use(const Model& model, Form form) {
  if (form == Form::single) return model.commercial_use;
  return "{" + format("{}", civitai::join(model.commercial_use, ",")) + "}";
}

Json model_document(const DocumentSettings& settings, const Model& model, Form form) {
  Json base_models = Json::array();
  std::set<std::string> seen;
  for (const Version* version : shown_versions(model)) {
    if (seen.insert(version->base_model).second) base_models.push_back(version->base_model);
  }
  Json document = {{"id", model.id},
                   {"name", model.name},
                   {"description", or_null(model.description)},
                   {"allowNoCredit", true},
                   {"allowCommercialUse", commercial_use(model, form)},
                   {"allowDerivatives", true},
                   {"allowDifferentLicense", false},
                   {"type", model.type},
                   {"minor", model.minor},
                   {"sfwOnly", false},
                   {"poi", model.poi},
                   {"nsfw", model.nsfw},
                   {"nsfwLevel", model.level}};
  if (!model.mode.empty()) document["mode"] = model.mode;
  document["availability"] = model.availability;
  document["userId"] = model.user_id;
  document["baseModels"] = std::move(base_models);
  document["cosmetic"] = nullptr;
  document["supportsGeneration"] = true;
  document["stats"] = {{"downloadCount", or_null(model.downloads)},
                       {"thumbsUpCount", model.likes},
                       {"thumbsDownCount", model.likes / 40},
                       {"commentCount", model.comments},
                       {"tippedAmountCount", 0}};
  if (model.creator) document["creator"] = creator_document(settings, *model.creator);
  document["tags"] = model.tags;
  Json versions = Json::array();
  std::size_t index = 0;
  for (const Version* version : shown_versions(model)) {
    Json item = version_in_model(settings, model, *version, index++, form);
    if (form == Form::single) remove_empties(item);
    apply(version->patches, form, item);
    versions.push_back(std::move(item));
  }
  document["modelVersions"] = std::move(versions);
  apply(model.patches, form, document);
  return document;
}

void put(Json& document, const std::string& name, const Json& value) {
  if (name.starts_with('/')) {
    document[Json::json_pointer(name)] = value;
  } else {
    document[name] = value;
  }
}

void drop(Json& document, const std::string& name) {
  if (!name.starts_with('/')) {
    document.erase(name);
    return;
  }
  const Json::json_pointer pointer(name);
  if (!document.contains(pointer)) return;
  Json& parent = document[pointer.parent_pointer()];
  if (parent.is_array()) {
    parent.erase(std::stoul(pointer.back()));
  } else {
    parent.erase(pointer.back());
  }
}

}  // namespace

Json paid_document(const std::optional<PaidAccess>& paid) {
  if (!paid) return nullptr;
  return {{"permanent", paid->permanent}, {"endsAt", or_null(paid->ends_at)}};
}

Json file_document(const DocumentSettings& settings, const Version& version, const File& file, Form form) {
  Json document = {{"id", file.id},
                   {"sizeKB", static_cast<double>(file.length()) / 1024.0},
                   {"name", form == Form::version ? file.name : file.download_name()}};
  if (form != Form::version) document["overrideName"] = or_null(file.override_name);
  document["type"] = file.type;
  document["pickleScanResult"] = file.pickle_scan;
  document["pickleScanMessage"] = file.pickle_scan == "Pending" ? Json(nullptr) : or_null(file.pickle_message);
  document["virusScanResult"] = file.virus_scan;
  document["virusScanMessage"] = nullptr;
  document["scannedAt"] = scanned_at(version, file, form);
  document["metadata"] = file_metadata(file, form);
  Json hashes = Json::object();
  for (const auto& [name, value] : settings.hashes.published(file)) hashes[name] = value;
  document["hashes"] = std::move(hashes);
  document["downloadUrl"] = file_link(settings.base, version, file, form);
  if (const bool primary = is_primary(version, file); primary || form == Form::version) document["primary"] = primary;
  apply(file.patches, form, document);
  return document;
}

Json creator_document(const DocumentSettings& settings, const std::string& name) {
  const Image avatar{.uuid = "7d2ca05e-3c27-40f4-ae2a-8456d2ee639c"};
  std::string url = picture_url(settings.images_base, avatar, percent_encode(name) + ".jpeg");
  url.replace(url.find("original=true"), std::string_view("original=true").size(), "width=96");
  return {{"username", name}, {"image", url}};
}

Json list_document(const DocumentSettings& settings, const Model& model) {
  return model_document(settings, model, Form::list);
}

Json single_document(const DocumentSettings& settings, const Model& model) {
  return model_document(settings, model, Form::single);
}

void apply(const std::vector<Patch>& patches, Form form, Json& document) {
  for (const Patch& patch : patches) {
    if (patch.form != Form::any && patch.form != form) continue;
    if (!patch.set.empty()) {
      const Json set = Json::parse(patch.set);
      for (const auto& [name, value] : set.items()) put(document, name, value);
    }
    for (const std::string& name : patch.remove) drop(document, name);
  }
}

std::vector<const File*> visible_files(const Version& version) {
  std::vector<const File*> files;
  for (const File& file : version.files) {
    if (file.visible) files.push_back(&file);
  }
  return files;
}

std::vector<const Version*> shown_versions(const Model& model) {
  std::vector<const Version*> versions;
  for (const Version& version : model.versions) {
    if (version.status == "Published" && !version.files.empty()) versions.push_back(&version);
  }
  return versions;
}

bool is_primary(const Version& version, const File& file) {
  const auto states_it = [](const File& other) { return other.primary.value_or(false); };
  if (std::any_of(version.files.begin(), version.files.end(), states_it)) return states_it(file);
  return file.primary.value_or(true) && select_file(version, {}) == &file;
}

}  // namespace standin
