// An error as it stands in the program's JSON.
#pragma once

#include "base/result.hpp"
#include "json/writer.hpp"

#include <optional>
#include <string_view>

namespace civitai::cli {

// {"kind", "message", "hint"}, or null when there is none.
void set_error(json::Object& object, std::string_view key, const std::optional<Error>& error);

}  // namespace civitai::cli
