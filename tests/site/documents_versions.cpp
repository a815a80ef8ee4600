#include "base/format.hpp"
#include "base/text.hpp"
#include "site/documents.hpp"

#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace standin {
namespace {

using civitai::format;
using Words = std::pair<std::string_view, std::string_view>;

// Base model to the word in a URN, where the plain rule (letters and digits in lower case) does not give it.
constexpr std::array<Words, 14> ecosystems = {{{"SD 1.4", "sd1"},
                                               {"SD 1.5", "sd1"},
                                               {"SD 1.5 LCM", "sd1"},
                                               {"SD 2.1", "sd2"},
                                               {"SDXL 1.0", "sdxl"},
                                               {"SDXL Lightning", "sdxl"},
                                               {"Pony", "sdxl"},
                                               {"Illustrious", "sdxl"},
                                               {"NoobAI", "sdxl"},
                                               {"Flux.1 D", "flux1"},
                                               {"Flux.1 S", "flux1"},
                                               {"Flux.1 Kontext", "flux1kontext"},
                                               {"Wan Video 2.2 I2V-A14B", "wanvideo-22-i2v-a14b"},
                                               {"Hunyuan Video", "hyv1"}}};

constexpr std::array<Words, 13> air_types = {{{"Checkpoint", "checkpoint"},
                                              {"LORA", "lora"},
                                              {"DoRA", "dora"},
                                              {"LoCon", "lycoris"},
                                              {"TextualInversion", "embedding"},
                                              {"Hypernetwork", "hypernet"},
                                              {"AestheticGradient", "ag"},
                                              {"Controlnet", "controlnet"},
                                              {"Upscaler", "upscaler"},
                                              {"MotionModule", "motion"},
                                              {"VAE", "vae"},
                                              {"UNet", "unet"},
                                              {"CLIPVision", "clipvision"}}};

std::string ecosystem(const std::string& base_model) {
  for (const auto& [name, word] : ecosystems) {
    if (name == base_model) return std::string(word);
  }
  std::string word;
  for (const char c : civitai::to_lower(base_model)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) word += c;
  }
  return word;
}

Json files_of(const DocumentSettings& settings, const Model& model, const Version& version, VersionForm form) {
  Json files = Json::array();
  if (model.mode == "Archived") return files;
  for (const File* file : visible_files(version)) {
    Json document = file_document(settings, version, *file, Form::version);
    if (form == VersionForm::by_hash) document["overrideName"] = or_null(file->override_name);
    files.push_back(std::move(document));
  }
  return files;
}

Json images_of(const DocumentSettings& settings, const Version& version) {
  Json images = Json::array();
  for (const Image& image : version.images) {
    if (images.size() == 10) break;
    images.push_back(embedded_image(settings, image, Form::version));
  }
  return images;
}

}  // namespace

std::string air(const Model& model, const Version& version) {
  std::string_view type = "unknown";
  for (const auto& [name, word] : air_types) {
    if (name == model.type) type = word;
  }
  return format("urn:air:{}:{}:civitai:{}@{}", ecosystem(version.base_model), type, model.id, version.id);
}

Json version_document(const DocumentSettings& settings, const Model& model, const Version& version, VersionForm form) {
  Json model_part = {{"name", model.name}, {"type", model.type}, {"nsfw", model.nsfw}, {"poi", model.poi}};
  if (!model.mode.empty()) model_part["mode"] = model.mode;
  Json document = {{"id", version.id},
                   {"modelId", model.id},
                   {"name", version.name},
                   {"nsfwLevel", version.level},
                   {"createdAt", date_or_null(version.published_at)},
                   {"updatedAt", date_or_null(version.published_at)},
                   {"status", version.status},
                   {"publishedAt", date_or_null(version.published_at)},
                   {"trainedWords", version.trained_words},
                   {"trainingStatus", nullptr},
                   {"trainingDetails", nullptr},
                   {"baseModel", version.base_model},
                   {"baseModelType", or_null(version.base_model_type)},
                   {"description", or_null(version.description)},
                   {"uploadType", "Created"},
                   {"usageControl", version.usage_control},
                   {"licensingFee", nullptr},
                   {"paidAccess", paid_document(version.paid_access)},
                   {"air", air(model, version)},
                   {"stats", {{"downloadCount", or_null(version.downloads)}, {"thumbsUpCount", version.likes}}},
                   {"model", std::move(model_part)}};
  document["files"] = files_of(settings, model, version, form);
  document["images"] = images_of(settings, version);
  if (model.mode != "Archived") {
    document["downloadUrl"] = format("{}/api/download/models/{}", settings.base, version.id);
  }
  apply(version.patches, Form::version, document);
  return document;
}

Json mini_document(const DocumentSettings& settings, const Model& model, const Version& version, const File& file,
                   Login login) {
  const Json whole = file_document(settings, version, file, Form::version);
  return {{"air", air(model, version)},
          {"versionName", version.name},
          {"modelName", model.name},
          {"userId", model.user_id},
          {"baseModel", version.base_model},
          {"availability", version.availability},
          {"publishedAt", date_or_null(version.published_at)},
          {"size", static_cast<double>(file.length()) / 1024.0},
          {"fileType", file.type},
          {"fileName", file.stored_name.empty() ? file.name : file.stored_name},
          {"hashes", whole.value("hashes", Json::object())},
          {"downloadUrls", {format("{}/api/download/models/{}", settings.base, version.id)}},
          {"format", file.format},
          {"canGenerate", true},
          {"isFeatured", false},
          {"requireAuth", version.requires_login || login == Login::required},
          {"checkPermission", version.paid_access.has_value() || version.availability == "Private"},
          {"additionalResourceCharge", false},
          {"minor", model.minor},
          {"sfwOnly", false},
          {"fees", Json::array()},
          {"payoutEnabled", true}};
}

}  // namespace standin
