#include "engine/schedule.hpp"

#include <algorithm>

namespace civitai::engine {

Schedule::Schedule(const std::vector<std::optional<std::uint64_t>>& sizes, Places places)
    : places_{std::max(places.large, 1), std::max(places.small, std::max(places.large, 1))},
      room_(places_.large * places_.small) {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool is_small = sizes[i] && *sizes[i] <= small_file;
    is_small_.push_back(is_small);
    (is_small ? small_ : large_).push_back(i);
  }
  // What is not known may be the largest.
  std::stable_sort(large_.begin(), large_.end(), [&](std::size_t a, std::size_t b) {
    return sizes[a].value_or(UINT64_MAX) > sizes[b].value_or(UINT64_MAX);
  });
}

std::optional<std::size_t> Schedule::take_from(std::deque<std::size_t>& queue, int& in_work, int limit) {
  const int cost = &queue == &large_ ? places_.small : places_.large;
  if (queue.empty() || in_work >= limit || used_ + cost > room_) return std::nullopt;
  const std::size_t item = queue.front();
  queue.pop_front();
  ++in_work;
  used_ += cost;
  return item;
}

std::optional<std::size_t> Schedule::take() {
  // While there are both, one large file's room is kept for small ones, and they get no more than that.
  const bool both = !small_.empty() && !large_.empty();
  const int most_large = both && places_.large > 1 ? places_.large - 1 : places_.large;
  const int most_small = large_.empty() ? places_.small : std::max(places_.small / places_.large, 1);
  if (auto item = take_from(large_, large_in_work_, most_large)) return item;
  return take_from(small_, small_in_work_, most_small);
}

void Schedule::release(std::size_t item) {
  const bool small = is_small_[item];
  used_ -= small ? places_.large : places_.small;
  --(small ? small_in_work_ : large_in_work_);
}

std::vector<std::size_t> Schedule::upcoming(std::size_t most) const {
  std::vector<std::size_t> items;
  for (std::size_t i = 0; items.size() < most && i < std::max(large_.size(), small_.size()); ++i) {
    if (i < large_.size()) items.push_back(large_[i]);
    if (i < small_.size()) items.push_back(small_[i]);
  }
  return items;
}

std::size_t Schedule::most_at_once() const {
  const auto most = static_cast<std::size_t>(small_.empty() ? places_.large : places_.small);
  return std::min(most, large_.size() + small_.size());
}

}  // namespace civitai::engine
