#include "net/bandwidth.hpp"

#include <algorithm>
#include <cmath>

namespace civitai::net {
namespace {

// Credit for a tenth of a second may be saved up: enough to smooth, too little to be felt as a burst.
constexpr double savings_seconds = 0.1;

}  // namespace

void BandwidthBudget::set_rate(std::optional<ByteCount> rate, SteadyTime now) {
  if (rate == rate_) return;
  rate_ = rate;
  credit_ = 0;
  last_ = now;
}

void BandwidthBudget::earn(SteadyTime now) {
  const auto rate = static_cast<double>(rate_->value);
  const double seconds = std::chrono::duration<double>(now - last_).count();
  credit_ = std::min(credit_ + rate * seconds, rate * savings_seconds);
  last_ = now;
}

void BandwidthBudget::pay(ByteCount bytes, SteadyTime now) {
  if (!rate_) return;
  earn(now);
  credit_ -= static_cast<double>(bytes.value);
}

Milliseconds BandwidthBudget::pause(SteadyTime now) const {
  if (!rate_) return Milliseconds{0};
  const auto rate = static_cast<double>(rate_->value);
  const double seconds = std::chrono::duration<double>(now - last_).count();
  const double debt = -(credit_ + rate * seconds);
  return debt <= 0 ? Milliseconds{0} : Milliseconds(static_cast<std::int64_t>(std::ceil(debt / rate * 1000)));
}

}  // namespace civitai::net
