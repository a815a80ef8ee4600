#include "net/content_range.hpp"

#include "base/text.hpp"

#include <limits>

namespace civitai::net {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  const auto value = parse_integer(trim(text));
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view header) {
  const std::string_view text = trim(header);
  constexpr std::string_view unit = "bytes";
  if (!equal_ignoring_case(text.substr(0, unit.size()), unit)) return std::nullopt;
  const std::string_view rest = trim(text.substr(unit.size()));
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view range = trim(rest.substr(0, slash));
  ContentRange result;
  result.total = number(rest.substr(slash + 1));
  if (range == "*") return result;
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  result.first = number(range.substr(0, dash));
  result.last = number(range.substr(dash + 1));
  const bool sane = result.first && result.last && *result.first <= *result.last &&
                    *result.last < result.total.value_or(std::numeric_limits<std::uint64_t>::max());
  return sane ? std::optional(result) : std::nullopt;
}

}  // namespace civitai::net
