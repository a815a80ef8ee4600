#include "engine/work_map.hpp"

#include <algorithm>
#include <utility>

namespace civitai::engine {

// What is written or in work.
RangeSet WorkMap::occupied() const {
  RangeSet set = written_;
  for (const auto& [id, work] : pieces_) set.add({work.position, work.end.value_or(UINT64_MAX)});
  return set;
}

WorkMap::Piece WorkMap::add(std::uint64_t first, std::optional<std::uint64_t> end) {
  pieces_.emplace(++last_id_, Work{first, end});
  return {last_id_, first, end};
}

std::optional<WorkMap::Piece> WorkMap::take(std::uint64_t largest, std::uint64_t smallest) {
  if (!length_) {
    if (!pieces_.empty()) return std::nullopt;
    return add(front(), std::nullopt);
  }
  const auto gap = occupied().first_gap(0, *length_);
  if (!gap) return split(smallest);
  std::uint64_t end = gap->length() > largest ? gap->first + largest : gap->end;
  // No crumbs: a rest that is not worth a piece of its own goes along.
  if (gap->end - end < smallest) end = gap->end;
  return add(gap->first, end);
}

std::optional<WorkMap::Piece> WorkMap::split(std::uint64_t smallest) {
  const auto rest = [&](const Work& work) {
    return work.end.value_or(*length_) - std::min(work.position, work.end.value_or(*length_));
  };
  const auto largest = std::max_element(pieces_.begin(), pieces_.end(),
                                        [&](const auto& a, const auto& b) { return rest(a.second) < rest(b.second); });
  if (largest == pieces_.end() || rest(largest->second) < 2 * smallest) return std::nullopt;
  Work& work = largest->second;
  const std::uint64_t end = work.end.value_or(*length_);
  const std::uint64_t middle = work.position + (end - work.position) / 2;
  work.end = middle;
  return add(middle, end);
}

void WorkMap::wrote(Id id, std::uint64_t count) {
  const auto found = pieces_.find(id);
  if (found == pieces_.end()) return;
  written_.add({found->second.position, found->second.position + count});
  found->second.position += count;
}

void WorkMap::start_over(RangeSet written, std::optional<std::uint64_t> length) {
  pieces_.clear();
  written_ = std::move(written);
  length_ = length;
}

void WorkMap::extend_to_end(Id id) {
  const auto found = pieces_.find(id);
  if (found != pieces_.end()) found->second.end = length_;
}

void WorkMap::release(Id id) { pieces_.erase(id); }

std::optional<std::uint64_t> WorkMap::end_of(Id id) const {
  const auto found = pieces_.find(id);
  return found == pieces_.end() ? std::nullopt : found->second.end;
}

std::uint64_t WorkMap::position_of(Id id) const {
  const auto found = pieces_.find(id);
  return found == pieces_.end() ? 0 : found->second.position;
}

}  // namespace civitai::engine
