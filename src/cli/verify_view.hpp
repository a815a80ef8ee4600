// What a verification found, as people read it and as JSON.
#pragma once

#include "engine/lost_folders.hpp"
#include "engine/relocate.hpp"
#include "engine/verify.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace civitai::cli {

// A table of what is not as it should be; empty when all is well. `width` columns, 0 = unlimited.
[[nodiscard]] std::string problems_text(const std::vector<engine::Problem>& problems, std::size_t width);
// The sum of it. `moved`: files that were missing and were found at another place.
[[nodiscard]] std::string verify_text(const engine::VerifyReport& report, std::size_t moved,
                                      std::chrono::milliseconds taken);
[[nodiscard]] json::Object verify_json(const engine::VerifyReport& report, const std::vector<engine::Relocation>& moved,
                                       std::chrono::milliseconds taken);

}  // namespace civitai::cli
