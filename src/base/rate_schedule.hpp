// How many bytes per second may be received, and when: one rate, or a timetable over the day. Pure values.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace civitai {

// From this time of day on (local time), at most this many bytes per second; nothing = unlimited.
struct RateFrom {
  std::chrono::minutes time_of_day{0};
  std::optional<ByteCount> rate;

  friend bool operator==(const RateFrom&, const RateFrom&) = default;
};

// A rate for each part of the day, in order of time; a single entry holds all day. Empty: unlimited.
using RateSchedule = std::vector<RateFrom>;

// Reads "5M", "off", or a timetable "08:00,2M 23:00,off"; no text is unlimited. Error of kind usage otherwise, which
// shows these forms.
[[nodiscard]] Result<RateSchedule> parse_rate_schedule(std::string_view text);

// The rate in force at a time of day; before the first entry of the day the last one of the day before holds.
[[nodiscard]] std::optional<ByteCount> rate_at(const RateSchedule& schedule, std::chrono::minutes time_of_day);

// What the clock on the wall says, in the time zone of this machine.
[[nodiscard]] std::chrono::minutes local_time_of_day(SystemTime now);

}  // namespace civitai
