// Lists as written after a flag: "a,b" or "a,\"b, c\"". Pure.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace civitai::config {

// Items between commas; quotes protect commas, a doubled quote inside quotes is one quote. Unquoted items are trimmed
// and dropped when empty. Error of kind usage for a quote that is not closed or stands in the middle of an item.
[[nodiscard]] Result<std::vector<std::string>> split_csv(std::string_view text);

}  // namespace civitai::config
