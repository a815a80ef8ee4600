// How fast something goes and how long it will still take, for progress lines. Pure functions; speeds are bytes a
// second.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace civitai::cli {

// "12.0 MiB/s"; "-" while nothing moves.
[[nodiscard]] std::string speed_text(double speed);
// "3m05s"; "-" while nothing moves.
[[nodiscard]] std::string time_left(ByteCount left, double speed);

// The speed between two looks.
[[nodiscard]] double rate(ByteCount now, ByteCount before, double seconds);
// An exponential average whose weight follows the time that has passed.
[[nodiscard]] double smoothed(double before, double now, double seconds);

}  // namespace civitai::cli
