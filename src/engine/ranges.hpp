// Sets of byte ranges: what of a file has arrived, what is proven on disk, what is missing. Pure values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace civitai::engine {

// Bytes first up to, not including, end.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t length() const { return end > first ? end - first : 0; }
  friend auto operator<=>(const Range&, const Range&) = default;
};

// Disjoint ranges in ascending order; touching ones are joined.
class RangeSet {
 public:
  void add(Range range);
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  [[nodiscard]] std::uint64_t total() const;
  [[nodiscard]] bool contains(Range range) const;
  // The end of the unbroken run that starts at byte `from`; `from` itself when that byte is missing.
  [[nodiscard]] std::uint64_t run_from(std::uint64_t from) const;
  // The first missing stretch below `end` at or behind `from`.
  [[nodiscard]] std::optional<Range> first_gap(std::uint64_t from, std::uint64_t end) const;

  friend bool operator==(const RangeSet&, const RangeSet&) = default;

 private:
  std::vector<Range> ranges_;
};

}  // namespace civitai::engine
