#include "cli/pace.hpp"

#include "base/format.hpp"
#include "base/time.hpp"

#include <cmath>

namespace civitai::cli {
namespace {

constexpr double smoothing_seconds = 4;

}  // namespace

std::string speed_text(double speed) {
  return speed < 1 ? "-" : format("{}/s", to_text(ByteCount{static_cast<std::uint64_t>(speed)}));
}

std::string time_left(ByteCount left, double speed) {
  if (speed < 1) return "-";
  return to_text(std::chrono::seconds(static_cast<std::int64_t>(static_cast<double>(left.value) / speed)));
}

double smoothed(double before, double now, double seconds) {
  if (before == 0) return now;
  const double keep = std::exp(-seconds / smoothing_seconds);
  return before * keep + now * (1 - keep);
}

double rate(ByteCount now, ByteCount before, double seconds) {
  return seconds > 0 ? static_cast<double>((now - before).value) / seconds : 0;
}

}  // namespace civitai::cli
