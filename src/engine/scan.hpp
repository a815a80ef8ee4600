// The scan: from criteria to the models, versions and files that are wanted, with a report of what was seen.
#pragma once

#include "api/client.hpp"
#include "engine/observer.hpp"
#include "engine/selection.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace civitai::engine {

enum class ModelDocuments { drop, keep };

struct ScanReport {
  int pages = 0;
  int models = 0;    // seen, each once
  int versions = 0;  // of those models
  int files = 0;     // wanted
  bool limit_reached = false;
  bool max_pages_reached = false;
  std::map<SkipReason, int> skipped;
  std::vector<std::string> notices;  // gaps and other reasons for doubt
  bool gave_up = false;              // a list went in circles or led astray, the rest of it was not seen
  std::optional<Error> trouble;      // what ended the scan early; what was found before is kept
};

struct ScanResult {
  std::vector<ChosenModel> models;
  std::vector<Skipped> skipped;
  ScanReport report;
};

// Asks the site for everything the criteria mean. Fails as a whole only when the first request of it fails for good or
// it is stopped; trouble on a later page keeps what was found and becomes a notice.
[[nodiscard]] Result<ScanResult> scan(const Criteria& criteria, ModelDocuments documents, api::Client& client,
                                      const Clock& clock, Observer& observer, const std::stop_token& stop);

}  // namespace civitai::engine
