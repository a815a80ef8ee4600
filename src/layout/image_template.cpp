#include "layout/image_template.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "layout/placeholders.hpp"
#include "os/safe_name.hpp"

namespace civitai::layout {
namespace {

std::string year_of(const Image& image) {
  return image.created_at ? to_iso8601(*image.created_at).substr(0, 4) : "unknown_year";
}

std::string month_of(const Image& image) {
  return image.created_at ? to_iso8601(*image.created_at).substr(5, 2) : "unknown_month";
}

std::string post_of(const Image& image) { return image.post_id ? format("{}", image.post_id.value) : "no_post"; }

std::string version_of(const Image& image) {
  return image.version_ids.empty() ? "no_version" : format("{}", image.version_ids.front().value);
}

struct ImagePlaceholder {
  std::string_view name;
  std::string (*value)(const Image& image);
};

constexpr ImagePlaceholder image_placeholders[] = {
    {"username", [](const Image& image) { return slug_or(image.username, "unknown_author"); }},
    {"baseModel", [](const Image& image) { return slug_or(image.base_model, "unknown_base_model"); }},
    {"postId", post_of},
    {"modelVersionId", version_of},
    {"year", year_of},
    {"month", month_of},
};

constexpr std::string_view image_placeholder_names[] = {"username",       "baseModel", "postId",
                                                        "modelVersionId", "year",      "month"};

std::string value_of(std::string_view placeholder, const Image& image) {
  for (const ImagePlaceholder& row : image_placeholders) {
    if (equal_ignoring_case(row.name, placeholder)) return row.value(image);
  }
  return {};
}

}  // namespace

Result<ImageTemplate> ImageTemplate::parse(std::string_view text) {
  auto components = parse_components(text, {.names = image_placeholder_names});
  if (!components) return fail(components.error());
  return ImageTemplate(std::move(*components));
}

std::filesystem::path ImageTemplate::folder_of(const Image& image) const {
  std::filesystem::path folder;
  for (const std::string& component : components_) {
    std::string filled;
    walk(
        component, [&](std::string_view literal) { filled += literal; },
        [&](std::string_view name) { filled += value_of(name, image); });
    const std::string safe = not_hidden(component, filled, os::longest_component);
    folder /= safe.empty() ? "unknown" : safe;
  }
  return folder;
}

}  // namespace civitai::layout
