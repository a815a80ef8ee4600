#include "site/images.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "site/pictures.hpp"
#include "site/storage.hpp"

#include <algorithm>
#include <string_view>

namespace standin {
namespace {

using civitai::format;

constexpr std::string_view cache_prefix = "/file/civitai-media-cache/";

// What a path asks for: the picture, and how it is to be changed.
struct Wish {
  std::string uuid = {};
  std::vector<std::string> parameters = {};

  [[nodiscard]] bool has(std::string_view start) const {
    return std::any_of(parameters.begin(), parameters.end(), [&](const auto& one) { return one.starts_with(start); });
  }
};

// "/<account key>/<uuid>/<parameters>/<name>", or "/file/civitai-media-cache/<uuid>/<variant>".
Wish read_path(const std::string& path) {
  if (path.starts_with(cache_prefix)) {
    const auto parts = civitai::split(path.substr(cache_prefix.size()), '/');
    const std::string variant = parts.size() > 1 ? percent_decode(parts[1]) : "";
    return {.uuid = parts[0], .parameters = civitai::split(variant == "original" ? "original=true" : variant, ',')};
  }
  const auto parts = civitai::split(path, '/');
  if (parts.size() < 5) return {};
  return {.uuid = parts[2], .parameters = civitai::split(percent_decode(parts[3]), ',')};
}

std::string redirect_target(const World& world, const Options& options, const Wish& wish) {
  const std::string& base = options.image_redirect_base.empty() ? world.urls.images : options.image_redirect_base;
  const bool plain = wish.parameters.size() == 1 && wish.has("original=true");
  const std::string variant = plain ? "original" : format("{}", civitai::join(wish.parameters, ","));
  return format("{}{}{}/{}", base, cache_prefix, wish.uuid, percent_encode(variant));
}

// The kind that is really sent: videos may come as a still picture.
std::string sent_kind(const Image& image, const Wish& wish) {
  if (image.type != "video") return image.kind;
  if (wish.has("anim=false")) return "jpeg";
  const bool insists = wish.has("quality=") || wish.has("transcode=true");
  return image.still_without_quality && !insists ? "webp" : image.kind;
}

Answer picture(const Image& image, const Wish& wish) {
  const std::string kind = sent_kind(image, wish);
  const auto seed = static_cast<std::uint64_t>(image.id);
  const bool original = wish.has("original=true");
  std::string bytes = picture_bytes(kind, original ? seed : ~seed, original ? image.size : 512);
  Answer answer;
  answer.set("Content-Type", picture_media_type(kind));
  if (original) {
    const std::uint64_t size = bytes.size();
    answer.slice = Slice{Content::literal(std::move(bytes)), 0, size};
    answer.set("Accept-Ranges", "bytes");
    answer.set("ETag", format("\"{:016x}\"", seed));
  } else {
    answer.text = std::move(bytes);
    answer.framing = Framing::chunked;
  }
  return answer;
}

}  // namespace

Answer answer_images(World& world, const Request& request) {
  const auto options = world.options();
  Answer answer = world.read([&](const Catalogue& catalogue) {
    const Wish wish = read_path(request.path);
    const auto hit = catalogue.find_image_by_uuid(wish.uuid);
    if (!hit) {
      Answer missing{.status = 404, .text = "not found"};
      missing.set("Content-Type", "text/plain");
      return missing;
    }
    const bool first_hop = !request.path.starts_with(cache_prefix);
    Answer found;
    if (first_hop && options->image_redirect == ImageRedirect::to_cache) {
      found.status = 302;
      found.set("Location", redirect_target(world, *options, wish));
    } else {
      found = picture(*hit.image, wish);
      apply_range(request, found);
    }
    found.subject = {.model_id = hit.model->id, .version_id = hit.version->id};
    return found;
  });
  answer.route = "image_bytes";
  answer.set("Server", "cloudflare");
  answer.set("Date", http_date(world.now()));
  answer.set("CF-RAY", world.next_ray());
  answer.set("Cache-Control", "public, max-age=31536000");
  return answer;
}

}  // namespace standin
