#include "engine/ranges.hpp"

#include <algorithm>
#include <numeric>

namespace civitai::engine {

void RangeSet::add(Range range) {
  if (range.length() == 0) return;
  const auto first = std::lower_bound(ranges_.begin(), ranges_.end(), range.first,
                                      [](const Range& r, std::uint64_t at) { return r.end < at; });
  auto last = first;
  for (; last != ranges_.end() && last->first <= range.end; ++last) {
    range.first = std::min(range.first, last->first);
    range.end = std::max(range.end, last->end);
  }
  ranges_.insert(ranges_.erase(first, last), range);
}

std::uint64_t RangeSet::total() const {
  return std::accumulate(ranges_.begin(), ranges_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Range& r) { return sum + r.length(); });
}

bool RangeSet::contains(Range range) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const Range& r) { return r.first <= range.first && range.end <= r.end; });
}

std::uint64_t RangeSet::run_from(std::uint64_t from) const {
  for (const Range& r : ranges_) {
    if (r.first <= from && from < r.end) return r.end;
  }
  return from;
}

std::optional<Range> RangeSet::first_gap(std::uint64_t from, std::uint64_t end) const {
  for (const Range& r : ranges_) {
    if (r.end <= from) continue;
    if (r.first > from) {
      end = std::min(end, r.first);
      break;
    }
    from = r.end;
  }
  return from < end ? std::optional(Range{from, end}) : std::nullopt;
}

}  // namespace civitai::engine
