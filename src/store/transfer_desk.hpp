// Whole entries on their way into and out of the library: import and export.
//
// Works through a connection of its own, beside whoever else uses the library. For one thread at a time.
#pragma once

#include "store/image_archive.hpp"
#include "store/whole_entry.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace civitai::store {

// What became of entries that were taken over.
struct TakenOver {
  std::size_t added = 0;
  std::size_t completed = 0;  // were known as wanted or failed, and are here now
  std::size_t kept = 0;       // were known at least as well
};

enum class SourceState { imported, declined };

class TransferDesk {
 public:
  // As Library::open.
  [[nodiscard]] static Result<TransferDesk> open(const Path& database, Library::Mode mode);

  TransferDesk(TransferDesk&&) noexcept;
  TransferDesk& operator=(TransferDesk&&) noexcept;
  ~TransferDesk();

  // Calls `visit(entry, document)` for every file, also for those that were taken away on purpose, by version id and
  // file id; the version's JSON comes with its first file, else `document` is empty. Ends with the error that `visit`
  // gives. It must not call back.
  using Visit = std::function<Status(const WholeEntry& entry, const std::string& document)>;
  [[nodiscard]] Status each(const Visit& visit);

  // Takes the entries over in one commit. What the library knows stays: an entry replaces another one only when its
  // file is here and that of the other is not, and none that was taken away on purpose comes back. Without an id of its
  // model, an entry goes to the model that its version is known to belong to, or waits for one that is learned later.
  [[nodiscard]] Result<TakenOver> take_over(std::span<const WholeEntry> entries);

  // The same for the archive of images, by id: what is known of an image stays. How many were new.
  using ImageVisit = std::function<Status(const ArchivedImage& image, const std::string& document)>;
  [[nodiscard]] Status each_image(const ImageVisit& visit);
  [[nodiscard]] Result<std::size_t> take_over(std::span<const ArchivedImage> images);

  // What was decided about a database to import from; nullopt: nothing yet.
  [[nodiscard]] Result<std::optional<SourceState>> source(const Path& path);
  [[nodiscard]] Status note_source(const Path& path, SourceState state);

 private:
  class Implementation;
  explicit TransferDesk(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::store
