// Fetching files of the library again, for `db verify` and `db redownload`.
#pragma once

#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "engine/redownload.hpp"
#include "engine/run.hpp"
#include "json/writer.hpp"
#include "store/library.hpp"

#include <chrono>
#include <set>
#include <vector>

namespace civitai::cli {

[[nodiscard]] Loudness loudness_of(const Program& program);

struct Repair {
  engine::Redownload wanted;
  engine::RunReport report;
  std::chrono::milliseconds taken{0};

  // The files that are right now and were not.
  [[nodiscard]] std::set<FileId> mended() const;
};

// Plans and runs; shows progress, what cannot be had and, unless quiet or JSON, the sum. Error when nothing could be
// planned at all.
[[nodiscard]] Result<Repair> repair(const Program& program, const std::vector<engine::Problem>& problems,
                                    store::Library& library);

[[nodiscard]] json::Object repair_json(const Repair& repair);

}  // namespace civitai::cli
