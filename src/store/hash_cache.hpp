// Hashes of files that were read before, so that none is read twice, whatever it is called by now.
//
// Kept in the library's database, through a connection of its own. For one thread at a time.
#pragma once

#include "base/result.hpp"
#include "os/stamp.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace civitai::store {

struct CachedHash {
  os::FileStamp stamp;
  std::string sha256;  // lower-case hex
};

class HashCache {
 public:
  // As Library::open for reading and writing.
  [[nodiscard]] static Result<HashCache> open(const os::Path& database);

  HashCache(HashCache&&) noexcept;
  HashCache& operator=(HashCache&&) noexcept;
  ~HashCache();

  // nullopt when the file was never hashed, or has changed since.
  [[nodiscard]] Result<std::optional<std::string>> find(const os::FileStamp& stamp);
  // In one commit.
  [[nodiscard]] Status remember(std::span<const CachedHash> hashes);

 private:
  class Implementation;
  explicit HashCache(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::store
