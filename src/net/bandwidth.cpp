#include "net/bandwidth.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cmath>

namespace civitai::net {
namespace {

// Credit for a tenth of a second may be saved up: enough to smooth, too little to be felt as a burst.
constexpr double savings_seconds = 0.1;

Error not_a_rate(std::string_view text) {
  return {ErrorKind::usage, format("'{}' is not a rate", text),
          "write a number with a unit per second (500K, 5M), 'off', or a timetable: \"08:00,2M 23:00,off\""};
}

Result<std::optional<ByteCount>> parse_rate(std::string_view text) {
  if (equal_ignoring_case(text, "off") || text == "0") return std::optional<ByteCount>();
  const auto bytes = parse_bytes(text);
  if (!bytes || bytes->value == 0) return fail(not_a_rate(text));
  return std::optional(*bytes);
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto hours = parse_integer(text.substr(0, colon));
  const auto minutes = parse_integer(text.substr(colon + 1));
  if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

}  // namespace

Result<RateSchedule> parse_rate_schedule(std::string_view text) {
  RateSchedule schedule;
  for (const std::string& word : split(trim(text), ' ')) {
    if (word.empty()) continue;
    const std::size_t comma = word.find(',');
    const bool timed = comma != std::string::npos;
    const auto from = timed ? parse_time_of_day(std::string_view(word).substr(0, comma)) : std::chrono::minutes(0);
    const auto rate = parse_rate(timed ? std::string_view(word).substr(comma + 1) : std::string_view(word));
    if (!from) return fail(not_a_rate(word));
    if (!rate) return fail(rate.error());
    if (!timed && !schedule.empty()) return fail(not_a_rate(text));
    schedule.push_back({*from, *rate});
    if (!timed) break;
  }
  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const RateFrom& a, const RateFrom& b) { return a.time_of_day < b.time_of_day; });
  return schedule;
}

std::optional<ByteCount> rate_at(const RateSchedule& schedule, std::chrono::minutes time_of_day) {
  if (schedule.empty()) return std::nullopt;
  const RateFrom* in_force = &schedule.back();
  for (const RateFrom& entry : schedule) {
    if (entry.time_of_day <= time_of_day) in_force = &entry;
  }
  return in_force->rate;
}

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
