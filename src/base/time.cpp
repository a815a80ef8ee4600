#include "base/time.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace civitai {
namespace {

// Takes exactly `count` digits off the front of `rest`.
std::optional<int> take_number(std::string_view& rest, std::size_t count) {
  const auto value = rest.size() >= count ? parse_integer(rest.substr(0, count)) : std::nullopt;
  if (!value || rest[0] == '-' || rest[0] == '+') return std::nullopt;
  rest.remove_prefix(count);
  return static_cast<int>(*value);
}

bool take(std::string_view& rest, char wanted) {
  if (!rest.starts_with(wanted)) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& rest) {
  const auto year = take_number(rest, 4);
  if (!year || !take(rest, '-')) return std::nullopt;
  const auto month = take_number(rest, 2);
  if (!month || !take(rest, '-')) return std::nullopt;
  const auto day = take_number(rest, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

// The digits after the decimal point as milliseconds; further digits are cut.
Milliseconds take_fraction(std::string_view& rest) {
  int value = 0;
  int scale = 100;
  for (; !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; rest.remove_prefix(1)) {
    value += (rest[0] - '0') * scale;
    scale /= 10;
  }
  return Milliseconds{value};
}

std::optional<Milliseconds> take_time_of_day(std::string_view& rest) {
  const auto hour = take_number(rest, 2);
  if (!hour || *hour > 24 || !take(rest, ':')) return std::nullopt;
  const auto minute = take_number(rest, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(rest, ':')) {
    const auto read = take_number(rest, 2);
    if (!read || *read > 60) return std::nullopt;
    second = *read;
  }
  const Milliseconds fraction = take(rest, '.') ? take_fraction(rest) : Milliseconds{0};
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{second} + fraction;
}

// The offset from UTC at the end of a time: nothing, 'Z', "+02:00" or "-0530".
std::optional<Milliseconds> take_offset(std::string_view rest) {
  if (rest.empty() || rest == "Z" || rest == "z") return Milliseconds{0};
  const int sign = rest[0] == '-' ? -1 : 1;
  if (rest[0] != '-' && rest[0] != '+') return std::nullopt;
  rest.remove_prefix(1);
  const auto hours = take_number(rest, 2);
  take(rest, ':');
  const auto minutes = rest.empty() ? std::optional<int>(0) : take_number(rest, 2);
  if (!hours || !minutes || !rest.empty()) return std::nullopt;
  return sign * (std::chrono::hours{*hours} + std::chrono::minutes{*minutes});
}

}  // namespace

std::optional<SystemTime> parse_iso8601(std::string_view text) {
  std::string_view rest = trim(text);
  const auto date = take_date(rest);
  if (!date) return std::nullopt;
  if (rest.empty()) return SystemTime{*date};
  if (!take(rest, 'T') && !take(rest, ' ')) return std::nullopt;
  const auto time_of_day = take_time_of_day(rest);
  if (!time_of_day) return std::nullopt;
  const auto offset = take_offset(rest);
  if (!offset) return std::nullopt;
  return SystemTime{*date} + *time_of_day - *offset;
}

std::string to_iso8601(SystemTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string to_text(std::chrono::seconds duration) {
  const auto total = duration.count() < 0 ? 0 : duration.count();
  if (total < 60) return format("{}s", total);
  if (total < 3600) return format("{}m{:02}s", total / 60, total % 60);
  if (total < 86400) return format("{}h{:02}m", total / 3600, total % 3600 / 60);
  return format("{}d{:02}h", total / 86400, total % 86400 / 3600);
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::string_view units = "smhdw";
  constexpr std::array<std::int64_t, 5> lengths = {1, 60, 3'600, 86'400, 604'800};
  constexpr std::int64_t most = 1'000'000;  // of any unit: longer than anybody's library, and no overflow
  std::int64_t sum = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_integer(text.substr(0, digits));
    const std::size_t unit = digits < text.size() ? units.find(text[digits]) : std::string_view::npos;
    if (digits == 0 || !number || *number > most || unit == std::string_view::npos) return std::nullopt;
    sum += *number * lengths[unit];
    text.remove_prefix(digits + 1);
  }
  return std::chrono::seconds(sum);
}

}  // namespace civitai
