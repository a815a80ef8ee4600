// How plans are made, as the settings say.
#pragma once

#include "config/settings.hpp"
#include "engine/plan.hpp"

#include <optional>

namespace civitai::cli {

// Error of kind usage for a template that makes no sense.
[[nodiscard]] Result<engine::PlanPolicy> plan_policy_from(const config::Settings& settings);

// What a plan sees of the disk.
[[nodiscard]] std::optional<ByteCount> regular_file_size(const os::Path& path);

}  // namespace civitai::cli
