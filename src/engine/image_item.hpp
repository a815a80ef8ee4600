// One image on its way: fetched, looked at, its name decided. What then makes it visible and remembered is done for
// many at once (engine/image_placing.hpp).
#pragma once

#include "engine/image_plan.hpp"
#include "engine/partial_file.hpp"
#include "engine/tools.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace civitai::engine {

struct ImageReport {
  enum class Outcome { not_started, saved, adopted, failed, interrupted };
  Outcome outcome = Outcome::not_started;
  os::Path path = {};  // where it lies, for saved and adopted
  ByteCount size = {};
  std::optional<Error> error = {};
};

enum class ImageDocuments { none, beside };

// An image that is whole and one: in its partial file, not yet flushed, or under its final name already.
struct ArrivedImage {
  std::size_t index = 0;
  const ImageItem* item = nullptr;
  os::Path path = {};  // the name it should have, or where it lies
  ByteCount size = {};
  std::optional<PartialFile> partial = {};  // nothing: it lies at `path`
};

// Brings the image here; its folder must be there. An error of kind cancelled leaves what has arrived to the next run;
// other errors leave nothing but what can be resumed.
[[nodiscard]] Result<ArrivedImage> bring_image(const ImageItem& item, std::size_t index, const Tools& tools,
                                               const std::stop_token& stop);

enum class DocumentFate { written, unchanged, kept_foreign };

// Writes the JSON of each item beside its image, atomically and together. A file there that is not the document of
// this image is left alone. The fates are in the order of `items`.
[[nodiscard]] std::vector<Result<DocumentFate>> write_image_documents(std::span<const ImageItem* const> items,
                                                                      os::FileSystem& files);

}  // namespace civitai::engine
