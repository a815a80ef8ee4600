// One image on its way: fetched, looked at, named.
#pragma once

#include "engine/image_run.hpp"

namespace civitai::engine {

// Brings the image under its final name. An error of kind cancelled leaves what has arrived to the next run; other
// errors leave nothing but what can be resumed.
[[nodiscard]] Result<ImageReport> bring_image(const ImageItem& item, std::size_t index, const Tools& tools,
                                              const std::stop_token& stop);

enum class DocumentFate { written, unchanged, kept_foreign };

// Writes the item's JSON beside the image, atomically. A file there that is not the document of this image is left
// alone.
[[nodiscard]] Result<DocumentFate> write_image_document(const ImageItem& item, os::FileSystem& files);

}  // namespace civitai::engine
