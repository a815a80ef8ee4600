// The words of the site: model types, sort orders, periods, base models, file formats.
//
// Closed lists (sort, period) are the API's own and are checked; model types and base models grow monthly, so unknown
// words there are passed on with a warning that names the nearest known ones. Source: the site's `/enums` answer and
// API source.
#pragma once

#include <span>
#include <string_view>

namespace civitai::vocabulary {

[[nodiscard]] std::span<const std::string_view> model_types();
[[nodiscard]] std::span<const std::string_view> base_models();
[[nodiscard]] std::span<const std::string_view> model_sorts();
[[nodiscard]] std::span<const std::string_view> image_sorts();
[[nodiscard]] std::span<const std::string_view> periods();
[[nodiscard]] std::span<const std::string_view> image_nsfw_words();

}  // namespace civitai::vocabulary
