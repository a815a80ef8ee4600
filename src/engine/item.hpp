// One item of a plan, straight down: record, fetch, prove, place, record.
#pragma once

#include "engine/run.hpp"
#include "engine/transfer.hpp"

namespace civitai::engine {

// Returns what happened; the library knows it too. Error (as ItemReport::error) of kind cancelled leaves the entry
// pending.
[[nodiscard]] ItemReport run_item(const Plan& plan, std::size_t index, const Tools& tools, store::Library& library,
                                  const std::stop_token& stop);

}  // namespace civitai::engine
