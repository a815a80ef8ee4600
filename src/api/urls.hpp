// The exact request URLs of the site's API. Pure; what `debug print-api-url` prints is what is sent.
#pragma once

#include "domain/criteria.hpp"
#include "domain/image.hpp"
#include "domain/model.hpp"
#include "net/url.hpp"

#include <optional>
#include <span>
#include <string>

namespace civitai::api {

// The largest pages the site gives: 100 models, 200 images.
inline constexpr int largest_model_page = 100;
inline constexpr int largest_image_page = 200;

// One pass over `/models`: a query has several tags or user names, a request at most one of each.
struct ModelPass {
  std::string tag;
  std::string username;
};

// The passes that cover every combination of the query's tags and user names; at least one.
[[nodiscard]] std::vector<ModelPass> passes_of(const ModelQuery& query);

[[nodiscard]] net::Url models_url(const net::Url& base, const ModelQuery& query, const ModelPass& pass,
                                  const std::optional<std::string>& cursor);
// The list of these models alone, at most `largest_model_page` of them: one page.
[[nodiscard]] net::Url models_by_id_url(const net::Url& base, std::span<const ModelId> ids);
[[nodiscard]] net::Url model_url(const net::Url& base, ModelId id);
[[nodiscard]] net::Url version_url(const net::Url& base, VersionId id);
[[nodiscard]] net::Url images_url(const net::Url& base, const ImageQuery& query,
                                  const std::optional<std::string>& cursor);

// Where a file of a version is asked for.
[[nodiscard]] net::Url download_url(const net::Url& base, VersionId version, FileId file);
// The site's own URL of the file, moved to our base whatever origin it names; nullopt when the answer had none that
// makes sense.
[[nodiscard]] std::optional<net::Url> given_download_url(const net::Url& base, const ModelFile& file);
// Whether the file may belong to another version (a linked VAE or text encoder), so that the site's own URL is asked
// first.
[[nodiscard]] bool is_linked_component(const ModelFile& file);

// The bit mask of content levels that an image query means: 1 PG, 2 PG-13, 4 R, 8 X, 16 XXX.
[[nodiscard]] int browsing_level_of(const ImageQuery& query);

// How a picture is asked for. The site gives a still frame of some videos unless it is asked for quality, or for a new
// encoding.
enum class ImageForm { original, full_quality, transcoded };

// The URL of the picture in that form, whatever form its own asks for; its own as it is where that is not of the kind
// that the site's image host understands (another host's file).
[[nodiscard]] Result<net::Url> image_url(const Image& image, ImageForm form);
// Where a person looks at the image.
[[nodiscard]] std::string image_page_url(ImageId id);

}  // namespace civitai::api
