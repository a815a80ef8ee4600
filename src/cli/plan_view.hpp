// A plan and a report as people read them and as JSON.
#pragma once

#include "engine/plan.hpp"
#include "engine/run.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace civitai::cli {

enum class Detail { brief, full };  // brief: the first rows of long tables

// What will be fetched, what is skipped and why, the sum and the free space. `width` columns, 0 = unlimited.
[[nodiscard]] std::string plan_text(const engine::Plan& plan, std::optional<ByteCount> free_space, Detail detail,
                                    std::size_t width);
[[nodiscard]] json::Object plan_json(const engine::Plan& plan, std::optional<ByteCount> free_space);
[[nodiscard]] json::Object scan_json(const engine::ScanReport& scan);

// What a run reached.
[[nodiscard]] std::string report_text(const engine::RunReport& report, std::chrono::milliseconds taken);
[[nodiscard]] json::Object report_json(const engine::Plan& plan, const engine::RunReport& report,
                                       std::chrono::milliseconds taken);

}  // namespace civitai::cli
