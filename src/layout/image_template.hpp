// The folder of an image, by a template: "{username}/{baseModel}".
//
// Placeholders, letter case ignored: username, baseModel, postId, modelVersionId, year, month. Each gives a slug, or
// "unknown_author", "unknown_base_model", "no_post", "no_version", "unknown_year", "unknown_month". Every component is
// safe (os::safe_component), none is "." or "..": whatever the site sends, it stays below the root. Pure.
#pragma once

#include "base/result.hpp"
#include "domain/image.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::layout {

inline constexpr std::string_view default_image_template = "{username}/{baseModel}";

class ImageTemplate {
 public:
  // Error of kind usage as for Template::parse. An empty template means: no folder below the root.
  [[nodiscard]] static Result<ImageTemplate> parse(std::string_view text);
  [[nodiscard]] std::filesystem::path folder_of(const Image& image) const;

 private:
  explicit ImageTemplate(std::vector<std::string> components) : components_(std::move(components)) {}
  std::vector<std::string> components_;
};

}  // namespace civitai::layout
