// One budget of bytes per second for everything that is received.
//
// A token bucket that may go into debt: whoever receives pays afterwards and learns how long to pause. The rate may
// follow the time of day. Not for sharing between threads; the HTTP client's thread owns it.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace civitai::net {

// From this time of day on (local time), at most this many bytes per second; nothing = unlimited.
struct RateFrom {
  std::chrono::minutes time_of_day{0};
  std::optional<ByteCount> rate;
};

// A rate for each part of the day, in order of time; a single entry holds all day. Empty: unlimited.
using RateSchedule = std::vector<RateFrom>;

// Reads "5M" or a timetable "08:00,2M 23:00,off". Error of kind usage otherwise.
[[nodiscard]] Result<RateSchedule> parse_rate_schedule(std::string_view text);

// The rate in force at a time of day; before the first entry of the day the last one of the day before holds.
[[nodiscard]] std::optional<ByteCount> rate_at(const RateSchedule& schedule, std::chrono::minutes time_of_day);

class BandwidthBudget {
 public:
  // Enforces `rate` from `now` on; nothing = unlimited. Debt is forgiven when the rate changes.
  void set_rate(std::optional<ByteCount> rate, SteadyTime now);
  [[nodiscard]] std::optional<ByteCount> rate() const { return rate_; }
  // Takes bytes that have been received.
  void pay(ByteCount bytes, SteadyTime now);
  // How long nobody may receive; zero when there is credit.
  [[nodiscard]] Milliseconds pause(SteadyTime now) const;

 private:
  void earn(SteadyTime now);

  std::optional<ByteCount> rate_;
  double credit_ = 0;  // bytes; negative is debt
  SteadyTime last_{};
};

}  // namespace civitai::net
