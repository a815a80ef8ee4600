#include "base/format.hpp"
#include "site/documents.hpp"

#include <string_view>

namespace standin {
namespace {

using civitai::format;

constexpr std::string_view account_key = "xG1nkqKTMzGDvpLrqFT7WA";

// The extension follows from the announced type alone; the bytes may be something else.
std::string_view extension_for(const Image& image) {
  if (image.type == "video") return "mp4";
  return image.type == "audio" ? "mp3" : "jpeg";
}

std::string_view level_word(int level) {
  if (level <= 1) return "None";
  if (level == 2) return "Soft";
  if (level == 4) return "Mature";
  return level == 32 ? "Blocked" : "X";
}

Json blur_hash(const Image& image) {
  return image.type == "image" ? Json("UHEV$z00_N9GxuM{ozM|0K-;MxxtD*xun%xt") : Json(nullptr);
}

Json generation_data(const Image& image) { return image.meta.empty() ? Json(nullptr) : Json::parse(image.meta); }

}  // namespace

std::string picture_url(const std::string& base, const Image& image, const std::string& name) {
  return format("{}/{}/{}/original=true/{}", base, account_key, image.uuid, name);
}

Json embedded_image(const DocumentSettings& settings, const Image& image, Form form) {
  Json document = Json::object();
  if (form == Form::list) document["id"] = image.id;
  const std::string name = format("{}.{}", image.id, extension_for(image));
  document["url"] = picture_url(settings.images_base, image, name);
  document["nsfwLevel"] = image.level;
  document["width"] = or_null(image.width);
  document["height"] = or_null(image.height);
  document["hash"] = blur_hash(image);
  document["type"] = image.type;
  if (form == Form::version) {
    document["metadata"] = {{"hash", blur_hash(image)},
                            {"size", image.size},
                            {"width", or_null(image.width)},
                            {"height", or_null(image.height)}};
    document["meta"] = generation_data(image);
    document["availability"] = "Public";
  }
  document["minor"] = false;
  document["poi"] = false;
  document["hasMeta"] = !image.meta.empty();
  document["hasPositivePrompt"] = !image.meta.empty();
  document["onSite"] = false;
  document["remixOfId"] = nullptr;
  apply(image.patches, form, document);
  return document;
}

Json image_document(const DocumentSettings& settings, const Catalogue::Hit& hit, MetaForm meta) {
  const Image& image = *hit.image;
  Json data = meta == MetaForm::none ? Json(nullptr) : generation_data(image);
  if (meta == MetaForm::wrapped) data = {{"id", image.id}, {"meta", std::move(data)}};
  const std::optional<std::string>& name = image.username ? image.username : hit.model->creator;
  Json document = {{"id", image.id},
                   {"url", picture_url(settings.images_base, image, format("{}.{}", image.uuid, extension_for(image)))},
                   {"hash", blur_hash(image)},
                   {"width", or_null(image.width)},
                   {"height", or_null(image.height)},
                   {"nsfwLevel", level_word(image.level)},
                   {"type", image.type},
                   {"nsfw", image.level > 1},
                   {"browsingLevel", image.level},
                   {"createdAt", image.created_at},
                   {"postId", image.post_id == 0 ? Json(nullptr) : Json(image.post_id)},
                   {"stats",
                    {{"cryCount", 0},
                     {"laughCount", 0},
                     {"likeCount", image.likes},
                     {"dislikeCount", 0},
                     {"heartCount", 0},
                     {"commentCount", 0}}},
                   {"meta", std::move(data)},
                   {"username", or_null(name)},
                   {"baseModel", hit.version->base_model},
                   {"modelVersionIds", {hit.version->id}}};
  apply(image.patches, Form::images, document);
  return document;
}

}  // namespace standin
