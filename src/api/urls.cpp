#include "api/urls.hpp"

#include "api/site.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace civitai::api {
namespace {

std::string joined(const std::vector<std::string>& words) { return format("{}", join(words, ",")); }

net::Url site_root(const net::Url& base, std::string_view path, const net::QueryParameters& parameters = {}) {
  return base.with_path(path, parameters);
}

template <class Id>
void add_id(net::QueryParameters& parameters, std::string_view name, Id id) {
  if (id) parameters.emplace_back(name, std::to_string(id.value));
}

void add_text(net::QueryParameters& parameters, std::string_view name, const std::string& value) {
  if (!value.empty()) parameters.emplace_back(name, value);
}

std::string parameters_of(const Image& image, ImageForm form) {
  constexpr int common_width = 1600;
  switch (form) {
    case ImageForm::original: return "original=true";
    case ImageForm::full_quality: return "original=true,quality=100";
    case ImageForm::transcoded: return format("transcode=true,width={}", image.width > 0 ? image.width : common_width);
  }
  return {};
}

int page_size(int limit, int largest) { return limit > 0 ? std::min(limit, largest) : largest; }

}  // namespace

std::vector<ModelPass> passes_of(const ModelQuery& query) {
  const std::vector<std::string> any = {""};
  std::vector<ModelPass> passes;
  for (const std::string& tag : query.tags.empty() ? any : query.tags) {
    for (const std::string& username : query.usernames.empty() ? any : query.usernames)
      passes.push_back({tag, username});
  }
  return passes;
}

net::Url models_url(const net::Url& base, const ModelQuery& query, const ModelPass& pass,
                    const std::optional<std::string>& cursor) {
  net::QueryParameters parameters;
  parameters.emplace_back("limit", std::to_string(page_size(query.limit, largest_model_page)));
  for (const std::string& type : query.types) parameters.emplace_back("types", type);
  for (const std::string& base_model : query.base_models) parameters.emplace_back("baseModels", base_model);
  add_text(parameters, "query", query.query);
  add_text(parameters, "tag", pass.tag);
  add_text(parameters, "username", pass.username);
  add_text(parameters, "sort", query.sort);
  add_text(parameters, "period", query.period);
  // Left out, the site lists general-audience models only and never says so: always tell.
  parameters.emplace_back("nsfw", query.nsfw ? "true" : "false");
  if (cursor) parameters.emplace_back("cursor", *cursor);
  return site_root(base, "api/v1/models", parameters);
}

net::Url models_by_id_url(const net::Url& base, std::span<const ModelId> ids) {
  std::string list;
  for (const ModelId id : ids) list += format("{}{}", list.empty() ? "" : ",", id.value);
  return site_root(base, "api/v1/models",
                   {{"ids", list}, {"limit", std::to_string(largest_model_page)}, {"nsfw", "true"}});
}

net::Url model_url(const net::Url& base, ModelId id) { return site_root(base, format("api/v1/models/{}", id.value)); }

net::Url version_url(const net::Url& base, VersionId id) {
  return site_root(base, format("api/v1/model-versions/{}", id.value));
}

net::Url images_url(const net::Url& base, const ImageQuery& query, const std::optional<std::string>& cursor) {
  net::QueryParameters parameters;
  parameters.emplace_back("limit", std::to_string(page_size(query.limit, largest_image_page)));
  add_id(parameters, "imageId", query.image_id);
  add_id(parameters, "postId", query.post_id);
  add_id(parameters, "modelId", query.model_id);
  add_id(parameters, "modelVersionId", query.version_id);
  add_text(parameters, "username", query.username);
  parameters.emplace_back("browsingLevel", std::to_string(browsing_level_of(query)));
  add_text(parameters, "type", query.media_type);
  add_text(parameters, "baseModels", joined(query.base_models));
  add_text(parameters, "sort", query.sort);
  add_text(parameters, "period", query.period);
  parameters.emplace_back("withMeta", "true");
  if (cursor) parameters.emplace_back("cursor", *cursor);
  return site_root(base, "api/v1/images", parameters);
}

net::Url download_url(const net::Url& base, VersionId version, FileId file) {
  net::QueryParameters parameters;
  add_id(parameters, "fileId", file);
  return site_root(base, format("api/download/models/{}", version.value), parameters);
}

std::optional<net::Url> given_download_url(const net::Url& base, const ModelFile& file) {
  const std::string_view given = file.download_url;
  const auto parsed = net::Url::parse(given.starts_with("//") ? format("https:{}", given) : std::string(given));
  if (!parsed || !parsed->path().starts_with("/api/download/")) return std::nullopt;
  // "https://undefined/…" has been seen: the path is right, the origin is not.
  // Whatever host it names, ours is the one that knows our key.
  return base.with_path(parsed->path(), parsed->query());
}

bool is_linked_component(const ModelFile& file) {
  constexpr std::array<std::string_view, 9> components = {"VAE",        "Text Encoder",    "Vision Encoder",
                                                          "UNet",       "Diffusion Model", "CLIPVision",
                                                          "ControlNet", "Upscaler",        "Enhancement LoRA"};
  const bool component = std::find(components.begin(), components.end(), file.type) != components.end();
  const auto url = net::Url::parse(file.download_url);
  return component && url && url->query_value("type") && !url->query_value("fileId");
}

int browsing_level_of(const ImageQuery& query) {
  if (query.browsing_level > 0) return query.browsing_level;
  struct Word {
    std::string_view word;
    int level;
  };
  // What a person expects of the words; the site's own `nsfw=true` leaves the safe ones out.
  constexpr std::array<Word, 8> words = {{{"None", 1},
                                          {"Soft", 3},
                                          {"Mature", 7},
                                          {"X", every_level},
                                          {"Blocked", 32},
                                          {"true", every_level},
                                          {"false", 1},
                                          {"", every_level}}};
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const Word& w) { return equal_ignoring_case(w.word, query.nsfw); });
  return found == words.end() ? every_level : found->level;
}

Result<net::Url> image_url(const Image& image, ImageForm form) {
  auto url = net::Url::parse(image.url);
  if (!url) return url;
  // "/<account key>/<uuid>/<parameters>/<name>"; the parameters are a comma list of name=value.
  const std::vector<std::string> parts = split(url->path(), '/');
  const bool understood = parts.size() == 5 && parts[3].find('=') != std::string::npos;
  if (!understood) return url;
  return net::Url::parse(
      format("{}/{}/{}/{}/{}", url->origin(), parts[1], parts[2], parameters_of(image, form), parts[4]));
}

std::string image_page_url(ImageId id) { return format("{}/images/{}", default_base_url, id.value); }

}  // namespace civitai::api
