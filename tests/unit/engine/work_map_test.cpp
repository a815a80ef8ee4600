#include "engine/work_map.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace civitai::engine {
namespace {

constexpr std::uint64_t smallest = 10;

TEST(WorkMap, HandsOutPiecesFromTheFront) {
  WorkMap map(100);
  const auto a = map.take(30, smallest);
  const auto b = map.take(30, smallest);
  ASSERT_TRUE(a);
  ASSERT_TRUE(b);
  EXPECT_EQ(a->first, 0U);
  EXPECT_EQ(a->end, 30U);
  EXPECT_EQ(b->first, 30U);
  EXPECT_EQ(b->end, 60U);
}

TEST(WorkMap, LeavesNoCrumbs) {
  WorkMap map(65);
  EXPECT_EQ(map.take(30, smallest)->end, 30U);
  EXPECT_EQ(map.take(30, smallest)->end, 65U);
}

TEST(WorkMap, OnePieceOnlyWhileTheLengthIsUnknown) {
  WorkMap map(std::nullopt);
  const auto piece = map.take(30, smallest);
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->end, std::nullopt);
  EXPECT_FALSE(map.take(30, smallest));
  map.set_length(100);
  map.wrote(piece->id, 20);
  const auto other = map.take(30, smallest);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->first, 60U);
  EXPECT_EQ(map.end_of(piece->id), 60U);
}

TEST(WorkMap, SplitsTheLargestRemainingPiece) {
  WorkMap map(100);
  const auto a = map.take(50, smallest);
  const auto b = map.take(50, smallest);
  map.wrote(a->id, 30);
  map.wrote(b->id, 10);
  const auto c = map.take(50, smallest);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->first, 80U);
  EXPECT_EQ(c->end, 100U);
  EXPECT_EQ(map.end_of(b->id), 80U);
  EXPECT_EQ(map.end_of(a->id), 50U);
}

TEST(WorkMap, SplitsNothingThatIsNotWorthIt) {
  WorkMap map(100);
  const auto piece = map.take(100, smallest);
  map.wrote(piece->id, 81);
  EXPECT_FALSE(map.take(100, smallest));
}

TEST(WorkMap, WhatALeaverDidNotFetchIsHandedOutAgain) {
  WorkMap map(100);
  const auto a = map.take(50, smallest);
  map.wrote(a->id, 20);
  map.release(a->id);
  const auto again = map.take(50, smallest);
  EXPECT_EQ(again->first, 20U);
  EXPECT_EQ(again->end, 70U);
}

TEST(WorkMap, APieceMayGoToTheEndAfterAll) {
  WorkMap map(100);
  const auto a = map.take(50, smallest);
  const auto b = map.take(50, smallest);
  map.extend_to_end(a->id);
  EXPECT_EQ(map.end_of(a->id), 100U);
  map.release(b->id);
  const auto c = map.take(50, smallest);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->first, 50U) << "half of what the first one has";
}

TEST(WorkMap, WhatIsReleasedCountsNoMore) {
  WorkMap map(100);
  const auto a = map.take(50, smallest);
  map.release(a->id);
  map.wrote(a->id, 50);
  EXPECT_EQ(map.written().total(), 0U);
  EXPECT_EQ(map.end_of(a->id), std::nullopt);
}

TEST(WorkMap, IsCompleteWhenEveryByteIsWritten) {
  EXPECT_TRUE(WorkMap(0).complete());
  WorkMap map(20);
  RangeSet back;
  back.add({10, 20});
  map.start_over(back, 20);
  EXPECT_FALSE(map.complete());
  const auto piece = map.take(100, smallest);
  EXPECT_EQ(piece->end, 10U) << "up to what is here";
  map.wrote(piece->id, 10);
  EXPECT_TRUE(map.complete());
  EXPECT_EQ(map.front(), 20U);
}

// Whatever order connections come, go and deliver in: every byte is fetched, and none of them twice.
TEST(WorkMap, InWhateverOrderEveryByteIsFetchedOnce) {
  std::mt19937 dice(7);
  for (int round = 0; round < 50; ++round) {
    constexpr std::uint64_t length = 1000;
    WorkMap map(length);
    std::vector<WorkMap::Piece> crew;
    std::uint64_t fetched = 0;
    while (!map.complete()) {
      const auto choice = dice() % 4;
      if (choice == 0 || crew.empty()) {
        if (auto piece = map.take(1 + dice() % 300, smallest)) crew.push_back(*piece);
      }
      if (crew.empty()) continue;
      const std::size_t who = dice() % crew.size();
      const std::uint64_t rest = *map.end_of(crew[who].id) - map.position_of(crew[who].id);
      const std::uint64_t count = std::min<std::uint64_t>(rest, dice() % 60);
      map.wrote(crew[who].id, count);
      fetched += count;
      if (count == rest || choice == 1) {
        map.release(crew[who].id);
        crew.erase(crew.begin() + static_cast<std::ptrdiff_t>(who));
      }
    }
    EXPECT_EQ(fetched, length);
  }
}

}  // namespace
}  // namespace civitai::engine
