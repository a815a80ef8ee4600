// String formatting for every layer: `format("{} of {}", a, b)`. The library behind it is included here alone.
#pragma once

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace civitai {

using fmt::format;
using fmt::format_string;
using fmt::join;

}  // namespace civitai
