// A plan of images and what a run of it reached, as people read them and as JSON.
#pragma once

#include "cli/exit_code.hpp"
#include "engine/image_run.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <string>

namespace civitai::cli {

// What was found and what of it will be fetched: the counts add up, so that nothing goes missing unseen.
[[nodiscard]] std::string image_plan_text(const engine::ImagePlan& plan, const engine::ImagePolicy& policy);
[[nodiscard]] std::string image_report_text(const engine::ImageRunReport& report, std::chrono::milliseconds taken);
[[nodiscard]] json::Object image_scan_json(const engine::ImageScanReport& scan);
[[nodiscard]] json::Object image_plan_json(const engine::ImagePlan& plan, const engine::ImagePolicy& policy);
[[nodiscard]] json::Object image_report_json(const engine::ImagePlan& plan, const engine::ImageRunReport& report,
                                             std::chrono::milliseconds taken);

// What ended the run decides; else failures; else what makes it doubtful that the list was whole.
[[nodiscard]] ExitCode exit_code_of(const engine::ImageRunReport& report, const engine::ImageScanReport& scan);

}  // namespace civitai::cli
