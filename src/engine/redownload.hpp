// Fetching files of the library again: those that are missing or wrong, through the same plan and run as a download.
#pragma once

#include "engine/plan.hpp"
#include "engine/verify.hpp"

#include <vector>

namespace civitai::engine {

// A file that cannot be planned, with the reason.
struct NotPlanned {
  LibraryEntry entry;
  Error error;
};

struct Redownload {
  Plan plan;
  std::vector<NotPlanned> not_planned;
};

// Asks the site about each version that is concerned. A file that was here goes back to where it was, whatever the
// templates say by now; a wrong one stays there until the right one is proven and then gives way. Fails as a whole only
// for trouble that the next version would not escape either: no network, a refused key, a stop.
[[nodiscard]] Result<Redownload> plan_redownload(const std::vector<Problem>& problems, const PlanPolicy& policy,
                                                 const SizeOf& size_of, api::Client& client, const Clock& clock,
                                                 Observer& observer, const std::stop_token& stop);

}  // namespace civitai::engine
