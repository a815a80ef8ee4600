// Fetching files of the library again, for `db verify` and `db redownload`.
#pragma once

#include "cli/plan_run.hpp"
#include "cli/program.hpp"
#include "engine/redownload.hpp"
#include "json/writer.hpp"
#include "store/library.hpp"

#include <set>
#include <vector>

namespace civitai::cli {

struct Repair {
  engine::Redownload wanted;
  PlanRun run;

  // The files that are right now and were not.
  [[nodiscard]] std::set<FileId> mended() const;
};

// Plans and runs; shows progress, what cannot be had and, unless quiet or JSON, the sum. Error when nothing could be
// planned at all.
[[nodiscard]] Result<Repair> repair(const Program& program, const std::vector<engine::Problem>& problems,
                                    store::Library& library);

[[nodiscard]] json::Object repair_json(const Repair& repair);

}  // namespace civitai::cli
