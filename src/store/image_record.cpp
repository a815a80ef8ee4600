#include "store/image_record.hpp"

#include "store/gzip.hpp"
#include "store/json_values.hpp"

#include <algorithm>

namespace civitai::store {
namespace {

struct ImageField {
  std::string_view name;
  void (*read)(json::Value& value, ArchivedImage& image);
};

constexpr ImageField image_fields[] = {
    {"image_id", [](json::Value& v, ArchivedImage& a) { read_id(v, a.image.id); }},
    {"path", [](json::Value& v, ArchivedImage& a) { a.path = text_of(v); }},
    {"path_bytes", [](json::Value& v, ArchivedImage& a) { a.path = unescaped_bytes(text_of(v)); }},
    {"size", [](json::Value& v, ArchivedImage& a) { a.size = size_of(v); }},
    {"media_type", [](json::Value& v, ArchivedImage& a) { a.image.media_type = text_of(v); }},
    {"username", [](json::Value& v, ArchivedImage& a) { a.image.username = text_of(v); }},
    {"base_model", [](json::Value& v, ArchivedImage& a) { a.image.base_model = text_of(v); }},
    {"browsing_level", [](json::Value& v, ArchivedImage& a) { a.image.level = static_cast<int>(size_of(v).value); }},
    {"post_id", [](json::Value& v, ArchivedImage& a) { read_id(v, a.image.post_id); }},
    {"version_id", [](json::Value& v, ArchivedImage& a) { read_id(v, a.image.version_ids.emplace_back()); }},
    {"created_at", [](json::Value& v, ArchivedImage& a) { a.image.created_at = time_of(v); }},
    {"saved_at", [](json::Value& v, ArchivedImage& a) { a.saved_at = time_of(v); }},
    {"image_document", [](json::Value& v, ArchivedImage& a) { a.document.gzip = compress(v.raw()); }},
};

}  // namespace

std::string to_json(const ArchivedImage& archived, std::string_view document) {
  const Image& image = archived.image;
  json::Object object;
  object.set("image_id", image.id.value).set("size", archived.size).set("media_type", image.media_type);
  set_path(object, archived.path.native());
  object.set("username", image.username).set("base_model", image.base_model).set("browsing_level", image.level);
  if (image.post_id) object.set("post_id", image.post_id.value);
  if (!image.version_ids.empty()) object.set("version_id", image.version_ids.front().value);
  if (image.created_at) object.set("created_at", to_iso8601(*image.created_at));
  object.set("saved_at", to_iso8601(archived.saved_at));
  return with_document(object, "image_document", document);
}

Result<ArchivedImage> archived_image_from(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document, "an image");
  ArchivedImage archived;
  const bool intact = document->root().members([&](std::string_view name, json::Value value) {
    const auto* const field = std::find_if(std::begin(image_fields), std::end(image_fields),
                                           [&](const ImageField& row) { return row.name == name; });
    if (field != std::end(image_fields)) field->read(value, archived);
  });
  if (!intact || !archived.image.id || archived.path.empty()) {
    return fail(ErrorKind::usage, "an image without id or path, or with damaged JSON");
  }
  return archived;
}

}  // namespace civitai::store
