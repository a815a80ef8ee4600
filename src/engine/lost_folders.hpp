// Folders that are not there although the library has files in them: rather a disk that is not mounted than files that
// are gone.
#pragma once

#include "os/file.hpp"
#include "store/library_view.hpp"

#include <cstddef>
#include <vector>

namespace civitai::engine {

struct LostFolder {
  os::Path path;
  std::size_t files = 0;  // of the library, Downloaded, below it
};

// The topmost folders that are missing, or there and empty as a place to mount something is, with at least ten files of
// the library below; `root` itself with any. By path.
[[nodiscard]] Result<std::vector<LostFolder>> find_lost_folders(store::LibraryView& view, const os::Path& root);

// Whether `path` is `folder` or lies below it. Both are absolute and normal. Pure.
[[nodiscard]] bool holds_path(const os::Path& folder, const os::Path& path);

}  // namespace civitai::engine
