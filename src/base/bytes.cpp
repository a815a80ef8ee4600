#include "base/bytes.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <array>
#include <cmath>

namespace civitai {
namespace {

constexpr std::array<std::string_view, 7> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

// The power of 1024 that a suffix means, or -1.
int power_of(std::string_view suffix) {
  const std::string lower = to_lower(suffix);
  if (lower.empty() || lower == "b") return 0;
  for (std::size_t power = 1; power < units.size(); ++power) {
    const std::string letter = to_lower(units[power].substr(0, 1));
    if (lower == letter || lower == letter + "b" || lower == letter + "ib") return static_cast<int>(power);
  }
  return -1;
}

}  // namespace

std::string to_text(ByteCount bytes) {
  if (bytes.value < 1024) return format("{} B", bytes.value);
  auto amount = static_cast<double>(bytes.value);
  std::size_t unit = 0;
  while (amount >= 1023.95 && unit + 1 < units.size()) {
    amount /= 1024;
    ++unit;
  }
  return format("{:.1f} {}", amount, units[unit]);
}

Result<ByteCount> parse_bytes(std::string_view text) {
  const std::string_view trimmed = trim(text);
  const std::size_t digits_end = std::min(trimmed.find_first_not_of("0123456789."), trimmed.size());
  const auto amount = parse_double(trimmed.substr(0, digits_end));
  const int power = power_of(trim(trimmed.substr(digits_end)));
  if (!amount || power < 0) {
    return fail(ErrorKind::usage, format("'{}' is not a size", text),
                "write a number with an optional unit: 500K, 5M, 1.5G");
  }
  const double value = std::ldexp(*amount, power * 10);
  if (!(value < 9.2e18)) return fail(ErrorKind::usage, format("the size '{}' is too large", text));
  return ByteCount{static_cast<std::uint64_t>(std::llround(value))};
}

}  // namespace civitai
