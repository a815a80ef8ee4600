// Which item of a plan is taken up next, and how many at once. Pure.
//
// Large files come largest first: the whole plan is done soonest when no large one is left for the end, where it would
// have the line for itself and could not fill it. Small ones cost round trips rather than bytes, so some of them are
// always on their way beside the large ones, in the order of the plan, and more of them at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace civitai::engine {

// Up to this size round trips count for more than bytes.
inline constexpr std::uint64_t small_file = 4UL << 20;

class Schedule {
 public:
  // `large` files at once, or up to `small` small ones in their stead.
  struct Places {
    int large = 1;
    int small = 1;
  };

  // The sizes of the items, in the order of the plan; nothing where a size is not known.
  Schedule(const std::vector<std::optional<std::uint64_t>>& sizes, Places places);

  // The next item that may be taken up now; nullopt: none, before another one is over.
  [[nodiscard]] std::optional<std::size_t> take();
  void release(std::size_t item);
  // Up to so many of those that will be taken next.
  [[nodiscard]] std::vector<std::size_t> upcoming(std::size_t most) const;
  // Whether every item has been taken.
  [[nodiscard]] bool empty() const { return large_.empty() && small_.empty(); }
  [[nodiscard]] bool is_small(std::size_t item) const { return is_small_[item]; }
  // Items that can be on their way at once.
  [[nodiscard]] std::size_t most_at_once() const;

 private:
  [[nodiscard]] std::optional<std::size_t> take_from(std::deque<std::size_t>& queue, int& in_work, int limit);

  Places places_;
  // A large file takes as much room as `places_.small` small ones, in units that make both whole numbers.
  int room_;
  int used_ = 0;
  int large_in_work_ = 0;
  int small_in_work_ = 0;
  std::vector<bool> is_small_;
  std::deque<std::size_t> large_;
  std::deque<std::size_t> small_;
};

}  // namespace civitai::engine
