// Running a plan: several items at once, each straight down from "wanted" to "recorded".
//
// An item's failure is a value in the report, never the end of the run. Only a stop request, a full disk, refused
// credentials and a used-up quota end a run early; everything reached so far is kept and recorded.
#pragma once

#include "engine/plan.hpp"
#include "engine/tools.hpp"
#include "store/library.hpp"

#include <optional>
#include <vector>

namespace civitai::engine {

struct ItemReport {
  enum class Outcome { not_started, downloaded, adopted, failed, interrupted };
  Outcome outcome = Outcome::not_started;
  os::Path path = {};          // where it lies, for downloaded and adopted
  ByteCount fetched = {};      // received over the network in this run
  std::string proven_by = {};  // "SHA256", "BLAKE3", …, "length"
  std::optional<Error> error = {};
};

struct RunReport {
  std::vector<ItemReport> items;  // as the plan's items
  std::vector<Error> document_errors;
  std::vector<std::string> notices;
  int documents_written = 0;
  std::optional<Error> stopped_by;  // why the run ended before its last item

  [[nodiscard]] std::size_t count(ItemReport::Outcome outcome) const;
  [[nodiscard]] ByteCount bytes_fetched() const;
};

struct RunOptions {
  int concurrency = 4;        // files at once
  int small_concurrency = 0;  // of small ones (engine/schedule.hpp), when that is more
};

[[nodiscard]] RunReport run(const Plan& plan, const RunOptions& options, const Tools& tools, store::Library& library,
                            const std::stop_token& stop);

}  // namespace civitai::engine
