// Hashes of files that were read before, so that none is read twice, whatever it is called by now.
//
// Kept in the library's database, through a connection of its own; the library adds those of files that it is told of
// with their stamp. For one thread at a time.
#pragma once

#include "base/result.hpp"
#include "domain/hashes.hpp"
#include "os/stamp.hpp"
#include "store/library.hpp"

#include <memory>
#include <span>

namespace civitai::store {

struct CachedHash {
  os::FileStamp stamp;
  Hashes hashes;  // SHA256 and BLAKE3 are kept
};

class HashCache {
 public:
  // As Library::open. With Mode::read_only nothing is remembered.
  [[nodiscard]] static Result<HashCache> open(const os::Path& database, Library::Mode mode);

  HashCache(HashCache&&) noexcept;
  HashCache& operator=(HashCache&&) noexcept;
  ~HashCache();

  // None when the file was never hashed, or has changed since.
  [[nodiscard]] Result<Hashes> find(const os::FileStamp& stamp);
  // In one commit. What is known of the same bytes already is completed.
  [[nodiscard]] Status remember(std::span<const CachedHash> hashes);

 private:
  class Implementation;
  explicit HashCache(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::store
