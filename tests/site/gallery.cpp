#include "site/generate.hpp"

#include <string>
#include <utility>
#include <vector>

namespace standin {
namespace {

Image posted(std::string username, Image image) {
  image.username = std::move(username);
  return image;
}

// What is between kind and announced type, level and author of pictures, as people meet it.
std::vector<Image> first_gallery() {
  const Patch numeric{.set = R"({"username": 90210})"};
  const Patch nobody{.set = R"({"username": null, "baseModel": null})"};
  return {
      posted("aya_draws",
             {.id = 501, .kind = "jpeg", .meta = R"({"prompt":"harbor at dawn, film photograph","seed":7})"}),
      posted("aya_draws", {.id = 502, .kind = "png", .level = 2}),
      posted("aya_draws", {.id = 503, .kind = "webp", .level = 4}),
      posted("aya_draws", {.id = 504, .kind = "gif", .level = 8}),
      posted("aya_draws", {.id = 505, .kind = "avif", .level = 16}),
      posted("x", {.id = 506, .kind = "jpeg", .patches = {numeric}}),
      posted("x", {.id = 507, .kind = "png", .patches = {nobody}}),
      posted("x", {.id = 508, .kind = "jpeg", .patches = {{.set = R"({"username": "../../etc"})"}}}),
      posted("x", {.id = 509, .kind = "jpeg", .patches = {{.set = R"({"username": "CON", "baseModel": ".."})"}}}),
      posted("x", {.id = 510, .kind = "jpeg", .patches = {{.set = R"({"username": "🔥🔥"})"}}}),
  };
}

std::vector<Image> second_gallery() {
  constexpr const char* hostile =
      R"({"prompt":"</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",)"
      R"("negativePrompt":"<b>bold</b>","sampler":"Euler a","steps":20})";
  return {
      posted("craft_66", {.id = 521, .type = "video", .kind = "mp4", .size = 20'000}),
      posted("craft_66", {.id = 522, .type = "video", .kind = "webm", .size = 20'000}),
      posted("craft_66", {.id = 523, .type = "video", .kind = "mp4", .size = 20'000, .still_without_quality = true}),
      posted("craft_66", {.id = 524, .kind = "jpeg", .meta = hostile}),
  };
}

}  // namespace

Catalogue gallery_catalogue() {
  Catalogue catalogue;
  catalogue.add({.id = 50,
                 .name = "Lying Pictures",
                 .versions = {{.id = 51,
                               .name = "v1",
                               .files = {{.id = 55, .name = "lying_v1.safetensors"}},
                               .images = {{.id = 500, .kind = "png"}},
                               .gallery = first_gallery()},
                              {.id = 52,
                               .name = "v2",
                               .base_model = "Pony",
                               .files = {{.id = 56, .name = "lying_v2.safetensors"}},
                               .images = {{.id = 520, .kind = "jpeg"}},
                               .gallery = second_gallery()}}});
  return catalogue;
}

Catalogue picture_catalogue(const FileBatch& batch) {
  Version version{.id = 61, .files = {{.id = 65, .name = "sample.safetensors"}}};
  for (std::size_t i = 0; i < batch.count; ++i) {
    version.gallery.push_back(
        {.id = 100'000 + static_cast<std::int64_t>(i), .size = batch.size, .username = "aya_draws"});
  }
  Catalogue catalogue;
  catalogue.add({.id = 60, .name = "Many Pictures", .versions = {std::move(version)}});
  return catalogue;
}

}  // namespace standin
