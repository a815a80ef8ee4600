#include "api/documents.hpp"
#include "api/fields.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>

namespace civitai::api {
namespace {

using json::Value;

void read_version_ids(Value& value, Image& image) {
  value.elements([&](Value element) {
    if (const std::int64_t id = id_from(element); id > 0) image.version_ids.push_back({id});
  });
}

void read_created_at(Value& value, Image& image) {
  if (const auto text = value.text()) image.created_at = parse_iso8601(*text);
}

// `nsfwLevel` is a word here, and lumps the two highest together: only `browsingLevel` counts.
constexpr Field<Image> listed_image_fields[] = {
    {"id", [](Value& value, Image& image) { image.id.value = id_from(value); }},
    {"url", [](Value& value, Image& image) { image.url = text_from(value); }},
    {"type", [](Value& value, Image& image) { image.media_type = text_from(value); }},
    {"username", [](Value& value, Image& image) { image.username = text_from(value); }},
    {"baseModel", [](Value& value, Image& image) { image.base_model = text_from(value); }},
    {"browsingLevel", [](Value& value, Image& image) { image.level = small_number_from(value); }},
    {"width", [](Value& value, Image& image) { image.width = small_number_from(value); }},
    {"postId", [](Value& value, Image& image) { image.post_id.value = id_from(value); }},
    {"modelVersionIds", read_version_ids},
    {"createdAt", read_created_at},
};

constexpr Field<ImagePage> image_page_fields[] = {
    {"nextCursor", [](Value& value, ImagePage& page) { page.next_cursor = cursor_from(value); }},
    {"nextPage", [](Value& value, ImagePage& page) { page.next_page = cursor_from(value); }},
};

void read_setting(std::string_view name, Value& value, GenerationData& data) {
  if (equal_ignoring_case(name, "prompt")) {
    data.prompt = text_from(value);
  } else if (equal_ignoring_case(name, "negativePrompt")) {
    data.negative_prompt = text_from(value);
  } else if (name != "comfy") {  // a whole workflow, as text
    // Lists and objects (resources, hashes) are no settings.
    if (auto text = value.text(); text && !trim(*text).empty()) data.settings.emplace_back(name, std::move(*text));
  }
}

// Plain, or {"id": …, "meta": {…}}.
void read_meta(std::string_view text, GenerationData& data) {
  bool wrapped = false;
  each_member(text, [&](std::string_view name, Value value) {
    if (name == "meta") {
      wrapped = true;
      value.members([&](std::string_view inner, Value member) { read_setting(inner, member, data); });
    } else {
      read_setting(name, value, data);
    }
  });
  if (wrapped) std::erase_if(data.settings, [](const auto& setting) { return setting.first == "id"; });
}

}  // namespace

Result<Image> read_image(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  Image image;
  Value root = document->root();
  const bool whole = read_fields<Image>(listed_image_fields, root, image);
  if (!whole || !image.id || image.url.empty()) {
    return fail(ErrorKind::network, "an image without an id or a URL, or with damaged JSON");
  }
  image.raw = text;
  return image;
}

Result<ImagePage> read_image_page(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  ImagePage page;
  bool items_whole = false;
  const bool whole = document->root().members([&](std::string_view key, Value member) {
    if (key == "metadata") read_fields<ImagePage>(image_page_fields, member, page);
    if (key != "items") return;
    items_whole = member.elements([&](Value element) {
      auto image = read_image(element.raw());
      if (!image) {
        ++page.damaged;
      } else {
        page.images.push_back(std::move(*image));
      }
    });
  });
  if (!whole || !items_whole) return fail(ErrorKind::network, "the list page is damaged or cut short");
  return page;
}

GenerationData read_generation_data(std::string_view image_json) {
  GenerationData data;
  each_member(image_json, [&](std::string_view name, Value value) {
    if (name == "meta" && value.kind() == json::Kind::object) read_meta(value.raw(), data);
  });
  return data;
}

}  // namespace civitai::api
