// What tells whether a file is still the one that was looked at: its place on the disk, its length, its last change.
#pragma once

#include "os/file.hpp"

#include <compare>
#include <cstdint>

namespace civitai::os {

struct FileStamp {
  std::int64_t device = 0;
  std::int64_t inode = 0;  // kept by a rename within one file system
  ByteCount size;
  std::int64_t modified_ns = 0;  // since 1970

  friend auto operator<=>(const FileStamp&, const FileStamp&) = default;
};

// Of a regular file; links are followed.
[[nodiscard]] Result<FileStamp> stamp_of(const Path& path);

}  // namespace civitai::os
