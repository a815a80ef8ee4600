// Where the original program put the file of a record. Pure.
//
// Its editions differ in folders, and its records in what they tell of them: the first recorded the folder above the
// version's own, later ones the file's; the name on the disk may carry "<versionId>_" once, twice or not at all.
#pragma once

#include "os/file.hpp"
#include "store/seed_record.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace civitai::engine {

// The places to look at, the likeliest first; none outside `roots` unless the record says so with an absolute folder.
[[nodiscard]] std::vector<os::Path> seed_places(const store::SeedRecord& record, std::span<const os::Path> roots);

// The version that folder and name of a file tell of, by any of the original program's schemes or ours
// ("<versionId>-<slug>/", "<versionId>_<name>"); 0 when they tell of none.
[[nodiscard]] VersionId version_in_path(const os::Path& path);

}  // namespace civitai::engine
