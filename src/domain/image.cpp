#include "domain/image.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <iterator>

namespace civitai {
namespace {

struct Level {
  std::string_view word;
  int bit;
};

constexpr Level levels[] = {{"PG", 1}, {"PG13", 2}, {"PG-13", 2}, {"R", 4}, {"X", 8}, {"XXX", 16}, {"Blocked", 32}};
constexpr std::int64_t all_bits = 63;

}  // namespace

std::optional<int> browsing_level_from(std::string_view text) {
  if (const auto number = parse_integer(trim(text))) {
    return *number > 0 && *number <= all_bits ? std::optional(static_cast<int>(*number)) : std::nullopt;
  }
  int bits = 0;
  for (const std::string& word : split(text, ',')) {
    const auto* const found = std::find_if(std::begin(levels), std::end(levels), [&](const Level& level) {
      return equal_ignoring_case(level.word, trim(word));
    });
    if (found == std::end(levels)) return std::nullopt;
    bits |= found->bit;
  }
  return bits;
}

}  // namespace civitai
