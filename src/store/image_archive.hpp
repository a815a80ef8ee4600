// The archive of images: which ones were ever saved, and where. A table of the library database.
//
// An image is known by its id, wherever its file lies by now: moving a folder, or saving elsewhere, fetches nothing
// twice. Safe to use from several threads: calls are serialised. Errors as those of Library::open.
#pragma once

#include "domain/image.hpp"
#include "store/library.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace civitai::store {

// No image's JSON comes near; it guards against a damaged length.
inline constexpr std::size_t largest_image_document = 64UL << 20;

struct ArchivedImage {
  Image image;  // as the site listed it; `url` and `raw` are empty
  Path path;    // absolute; where it was saved
  ByteCount size;
  RawDocument document;  // its JSON as received
  SystemTime saved_at = {};
};

class ImageArchive {
 public:
  [[nodiscard]] static Result<ImageArchive> open(const Path& database, Library::Mode mode);

  ImageArchive(ImageArchive&&) noexcept;
  ImageArchive& operator=(ImageArchive&&) noexcept;
  ~ImageArchive();

  [[nodiscard]] Result<std::unordered_set<ImageId>> ids();
  // Where it was saved last; nullopt: it never was.
  [[nodiscard]] Result<std::optional<Path>> path_of(ImageId image);
  // All of them in one commit, or none, as saved now; what was recorded of the same image before is replaced.
  [[nodiscard]] Status record(std::span<const ArchivedImage> images);
  // Those that were saved at or below the folder, the newest first.
  [[nodiscard]] Result<std::vector<ArchivedImage>> below(const Path& folder);

 private:
  class Implementation;
  explicit ImageArchive(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::store
