#include "base/rate_schedule.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <ctime>

namespace civitai {
namespace {

constexpr std::uint64_t slowest_rate = 1024;

Error not_a_rate(std::string_view text) {
  return {
      ErrorKind::usage, format("'{}' is not a rate", text),
      "write bytes per second with a unit (500K, 5M; 1K at least), off, or a timetable such as \"08:00,2M 23:00,off\""};
}

Result<std::optional<ByteCount>> parse_rate(std::string_view text) {
  if (equal_ignoring_case(text, "off") || text == "0") return std::optional<ByteCount>();
  const auto bytes = parse_bytes(text);
  // A number without its unit is a slip: nobody waits for so slow a line.
  if (!bytes || bytes->value < slowest_rate) return fail(not_a_rate(text));
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
  std::vector<std::string> words = split(trim(text), ' ');
  std::erase(words, "");
  if (words.size() == 1 && words.front().find(',') == std::string::npos) words.front().insert(0, "00:00,");
  RateSchedule schedule;
  for (const std::string_view word : words) {
    const std::size_t comma = word.find(',');
    if (comma == std::string_view::npos) return fail(not_a_rate(text));
    const auto from = parse_time_of_day(word.substr(0, comma));
    if (!from) return fail(not_a_rate(text));
    const auto rate = parse_rate(word.substr(comma + 1));
    if (!rate) return fail(rate.error());
    schedule.push_back({*from, *rate});
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

std::chrono::minutes local_time_of_day(SystemTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return std::chrono::hours(local.tm_hour) + std::chrono::minutes(local.tm_min);
}

}  // namespace civitai
