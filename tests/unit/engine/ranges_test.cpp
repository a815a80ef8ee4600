#include "engine/ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t span = 64;

RangeSet set_of(std::initializer_list<Range> ranges) {
  RangeSet set;
  for (const Range& range : ranges) set.add(range);
  return set;
}

TEST(RangeSets, JoinWhatOverlapsOrTouches) {
  EXPECT_THAT(set_of({{0, 10}, {20, 30}}).ranges(), ElementsAre(Range{0, 10}, Range{20, 30}));
  EXPECT_THAT(set_of({{20, 30}, {0, 10}}).ranges(), ElementsAre(Range{0, 10}, Range{20, 30}));
  EXPECT_THAT(set_of({{0, 10}, {10, 20}}).ranges(), ElementsAre(Range{0, 20}));
  EXPECT_THAT(set_of({{10, 20}, {0, 10}}).ranges(), ElementsAre(Range{0, 20}));
  EXPECT_THAT(set_of({{0, 10}, {20, 30}, {5, 25}}).ranges(), ElementsAre(Range{0, 30}));
  EXPECT_THAT(set_of({{0, 10}, {20, 30}, {40, 50}, {10, 40}}).ranges(), ElementsAre(Range{0, 50}));
  EXPECT_THAT(set_of({{0, 100}, {20, 30}}).ranges(), ElementsAre(Range{0, 100}));
}

TEST(RangeSets, TakeNoEmptyRange) {
  EXPECT_THAT(set_of({{5, 5}, {9, 3}}).ranges(), IsEmpty());
  EXPECT_EQ((Range{9, 3}.length()), 0U);
}

TEST(RangeSets, CoverTheWholeOfTheNumbers) {
  RangeSet set;
  set.add({0, 1});
  set.add({UINT64_MAX - 1, UINT64_MAX});
  EXPECT_EQ(set.total(), 2U);
  EXPECT_EQ(set.first_gap(0, UINT64_MAX), (Range{1, UINT64_MAX - 1}));
  EXPECT_EQ(set.run_from(UINT64_MAX - 1), UINT64_MAX);
}

TEST(RangeSets, KnowTheFirstGap) {
  const RangeSet set = set_of({{10, 20}, {30, 40}});
  EXPECT_EQ(set.first_gap(0, 50), (Range{0, 10}));
  EXPECT_EQ(set.first_gap(5, 50), (Range{5, 10}));
  EXPECT_EQ(set.first_gap(10, 50), (Range{20, 30}));
  EXPECT_EQ(set.first_gap(15, 25), (Range{20, 25}));
  EXPECT_EQ(set.first_gap(30, 50), (Range{40, 50}));
  EXPECT_EQ(set.first_gap(10, 20), std::nullopt);
  EXPECT_EQ(set.first_gap(35, 40), std::nullopt);
  EXPECT_EQ(set.first_gap(50, 50), std::nullopt);
  EXPECT_EQ(set.first_gap(60, 50), std::nullopt);
  EXPECT_EQ(RangeSet().first_gap(0, 0), std::nullopt);
  EXPECT_EQ(RangeSet().first_gap(0, 7), (Range{0, 7}));
}

// The same set as a row of flags.
struct Flags {
  std::array<bool, span> here{};

  void add(Range range) {
    for (std::uint64_t i = range.first; i < range.end; ++i) here[i] = true;
  }
  [[nodiscard]] std::uint64_t run_from(std::uint64_t from) const {
    while (from < span && here[from]) ++from;
    return from;
  }
  [[nodiscard]] std::optional<Range> first_gap(std::uint64_t from, std::uint64_t end) const {
    while (from < end && here[from]) ++from;
    std::uint64_t stop = from;
    while (stop < end && !here[stop]) ++stop;
    return from < stop ? std::optional(Range{from, stop}) : std::nullopt;
  }
};

void expect_same(const RangeSet& set, const Flags& flags) {
  const auto count = static_cast<std::uint64_t>(std::count(flags.here.begin(), flags.here.end(), true));
  ASSERT_EQ(set.total(), count);
  for (std::size_t i = 1; i < set.ranges().size(); ++i) {
    ASSERT_LT(set.ranges()[i - 1].end, set.ranges()[i].first);
  }
  for (std::uint64_t from = 0; from < span; ++from) {
    ASSERT_EQ(set.run_from(from), flags.run_from(from)) << from;
    for (std::uint64_t end = from + 1; end <= span; ++end) {
      ASSERT_EQ(set.first_gap(from, end), flags.first_gap(from, end)) << from << ' ' << end;
      ASSERT_EQ(set.contains({from, end}), flags.run_from(from) >= end) << from << ' ' << end;
    }
  }
}

TEST(RangeSets, AgreeWithARowOfFlags) {
  std::mt19937 generator(2026);
  for (int round = 0; round < 60; ++round) {
    RangeSet set;
    Flags flags;
    for (int step = 0; step < 12; ++step) {
      const std::uint64_t first = generator() % span;
      const Range range{first, std::min<std::uint64_t>(span, first + generator() % 12)};
      set.add(range);
      flags.add(range);
      expect_same(set, flags);
    }
  }
}

TEST(RangeSets, AreEqualWhateverTheOrderInWhichTheyGrew) {
  std::mt19937 generator(7);
  std::vector<Range> ranges;
  for (std::uint64_t i = 0; i < 200; ++i) ranges.push_back({i * 10, i * 10 + 1 + generator() % 12});
  RangeSet in_order;
  for (const Range& range : ranges) in_order.add(range);
  std::shuffle(ranges.begin(), ranges.end(), generator);
  RangeSet shuffled;
  for (const Range& range : ranges) shuffled.add(range);
  EXPECT_EQ(in_order, shuffled);
}

}  // namespace
}  // namespace civitai::engine
