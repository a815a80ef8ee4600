// Finding files that were moved or renamed: by their size first, then by their hash. A file that was hashed before, and
// not changed since, is known again without reading it.
#pragma once

#include "engine/verify.hpp"
#include "store/hash_cache.hpp"

#include <vector>

namespace civitai::engine {

struct Relocation {
  LibraryEntry entry;  // as it was before
  os::Path path;       // where the file lies now
};

// Looks below `root` for the files that are missing. What is found, proven by its hash and nobody else's, is recorded
// at its new place and taken out of the problems and counts of `report`. What had to be read is remembered in `cache`.
// Links are not followed.
[[nodiscard]] Result<std::vector<Relocation>> find_moved(const os::Path& root, VerifyReport& report,
                                                         const VerifyTools& tools, store::HashCache& cache,
                                                         const std::stop_token& stop);

}  // namespace civitai::engine
