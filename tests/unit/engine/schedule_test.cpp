#include "engine/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t gib = 1UL << 30;
using Sizes = std::vector<std::optional<std::uint64_t>>;

// What may be on its way at once.
std::vector<std::size_t> take_all(Schedule& schedule) {
  std::vector<std::size_t> taken;
  while (const auto item = schedule.take()) taken.push_back(*item);
  return taken;
}

TEST(Order, IsLargestFirstAndTheUnknownBeforeThat) {
  Schedule schedule(Sizes{1 * gib, 3 * gib, std::nullopt, 2 * gib}, {.large = 4});
  EXPECT_THAT(take_all(schedule), ElementsAre(2, 1, 3, 0));
  EXPECT_TRUE(schedule.empty());
}

TEST(Order, IsThatOfThePlanAmongEqualAndAmongSmallOnes) {
  Schedule equal(Sizes{gib, gib, gib}, {.large = 3});
  EXPECT_THAT(take_all(equal), ElementsAre(0, 1, 2));
  Schedule small(Sizes{100, 300, small_file}, {.large = 3});
  EXPECT_THAT(take_all(small), ElementsAre(0, 1, 2));
}

TEST(Places, AreNoMoreThanAskedFor) {
  Schedule schedule(Sizes(9, gib), {.large = 2});
  EXPECT_EQ(schedule.most_at_once(), 2U);
  EXPECT_THAT(take_all(schedule), ElementsAre(0, 1));
  schedule.release(0);
  EXPECT_THAT(take_all(schedule), ElementsAre(2));
}

TEST(Places, AreMoreForSmallFiles) {
  Schedule schedule(Sizes(40, 1000), {.large = 4, .small = 16});
  EXPECT_EQ(schedule.most_at_once(), 16U);
  EXPECT_EQ(take_all(schedule).size(), 16U);
  schedule.release(3);
  EXPECT_THAT(take_all(schedule), ElementsAre(16));
}

TEST(Places, AreSharedSoThatSmallFilesFlowBesideLargeOnes) {
  Sizes sizes(10, gib);
  sizes.resize(50, 1000);
  Schedule schedule(sizes, {.large = 4, .small = 16});
  EXPECT_THAT(take_all(schedule), ElementsAre(0, 1, 2, 10, 11, 12, 13));
}

TEST(Places, AllGoToWhatIsLeft) {
  Schedule schedule(Sizes{gib, gib, gib, gib, 1000}, {.large = 4, .small = 16});
  EXPECT_THAT(take_all(schedule), ElementsAre(0, 1, 2, 4));
  schedule.release(4);
  EXPECT_THAT(take_all(schedule), ElementsAre(3));
  Schedule few_large(Sizes{gib, 1000, 1000, 1000, 1000, 1000, 1000}, {.large = 2, .small = 4});
  EXPECT_THAT(take_all(few_large), ElementsAre(0, 1, 2));
}

TEST(Places, AreOneWhenAskedTo) {
  Schedule schedule(Sizes{1000, gib, 1000}, {.large = 1, .small = 1});
  for (const std::size_t item : {1U, 0U, 2U}) {
    EXPECT_THAT(take_all(schedule), ElementsAre(item));
    schedule.release(item);
  }
  EXPECT_TRUE(schedule.empty());
}

TEST(Upcoming, TellsWhatIsTakenNext) {
  Schedule schedule(Sizes{1000, gib, 2000, 2 * gib}, {.large = 1});
  EXPECT_THAT(schedule.upcoming(10), ElementsAre(3, 0, 1, 2));
  EXPECT_THAT(schedule.upcoming(2), ElementsAre(3, 0));
}

TEST(NoItems, AreNoWork) {
  Schedule schedule(Sizes{}, {});
  EXPECT_TRUE(schedule.empty());
  EXPECT_EQ(schedule.most_at_once(), 0U);
  EXPECT_EQ(schedule.take(), std::nullopt);
}

}  // namespace
}  // namespace civitai::engine
