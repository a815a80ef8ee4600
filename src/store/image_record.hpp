// An image of the archive as it goes from one library to another: its JSON.
#pragma once

#include "store/image_archive.hpp"

#include <string>
#include <string_view>

namespace civitai::store {

// One line of JSON. `document` is the image's own JSON as received, embedded as it is; empty: left out.
[[nodiscard]] std::string to_json(const ArchivedImage& image, std::string_view document);
// Reads it back, the document with it. Error of kind usage when it names no image or no path.
[[nodiscard]] Result<ArchivedImage> archived_image_from(std::string_view json);

}  // namespace civitai::store
