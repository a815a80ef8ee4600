#include "term/choice.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace civitai::term {
namespace {

struct Span {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

std::optional<Span> span_from(std::string_view part) {
  const std::size_t dash = part.find('-');
  const auto first = parse_integer(trim(part.substr(0, dash)));
  const auto last = dash == std::string_view::npos ? first : parse_integer(trim(part.substr(dash + 1)));
  if (!first || !last) return std::nullopt;
  return Span{std::min(*first, *last), std::max(*first, *last)};
}

}  // namespace

Result<std::vector<std::size_t>> parse_choice(std::string_view text, std::size_t count) {
  const std::string word = to_lower(trim(text));
  std::set<std::size_t> rows;
  if (word.empty() || word == "q" || word == "quit") return std::vector<std::size_t>{};
  if (word == "all" || word == "a") {
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }
  for (const std::string& part : split(word, ',')) {
    const auto span = span_from(part);
    if (!span) return fail(ErrorKind::usage, format("'{}' is no number and no range", printable(trim(part))));
    if (span->first < 1 || span->last > static_cast<std::int64_t>(count)) {
      return fail(ErrorKind::usage, format("{} is not on the list: it goes from 1 to {}", trim(part), count));
    }
    for (std::int64_t row = span->first; row <= span->last; ++row) rows.insert(static_cast<std::size_t>(row - 1));
  }
  return std::vector<std::size_t>(rows.begin(), rows.end());
}

}  // namespace civitai::term
