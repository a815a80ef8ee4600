// Finding files that were moved or renamed: by their size first, then by their hash.
#pragma once

#include "engine/verify.hpp"

#include <vector>

namespace civitai::engine {

struct Relocation {
  LibraryEntry entry;  // as it was before
  os::Path path;       // where the file lies now
};

// Looks below `root` for the files that are missing. What is found, proven by its hash and nobody else's, is recorded
// at its new place and taken out of `report.problems`. Links are not followed.
[[nodiscard]] Result<std::vector<Relocation>> find_moved(const os::Path& root, VerifyReport& report,
                                                         const VerifyTools& tools, const std::stop_token& stop);

}  // namespace civitai::engine
