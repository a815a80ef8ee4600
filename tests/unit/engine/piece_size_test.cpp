#include "engine/piece_size.hpp"

#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

constexpr std::uint64_t mib = 1ULL << 20;
constexpr std::uint64_t gib = 1ULL << 30;

TEST(PieceSize, KeepsTheHashCloseBehindWhereAServerIsNear) {
  EXPECT_LE(piece_size(256 * mib, 16, Milliseconds{1}), 4 * mib);
}

TEST(PieceSize, AsksSeldomWhereAServerIsFarAway) {
  const std::uint64_t near = piece_size(256 * mib, 16, Milliseconds{1});
  const std::uint64_t far = piece_size(256 * mib, 16, Milliseconds{40});
  EXPECT_GE(far, 2 * near);
  EXPECT_LE(far, 8 * mib) << "in two rounds";
  EXPECT_EQ(piece_size(256 * mib, 16, std::chrono::seconds(2)), 16 * mib) << "in one";
}

TEST(PieceSize, StaysBetweenItsLimits) {
  EXPECT_EQ(piece_size(60 * gib, 8, Milliseconds{40}), largest_piece);
  EXPECT_EQ(piece_size(3 * mib, 8, Milliseconds{40}), smallest_piece);
  EXPECT_EQ(piece_size(0, 0, {}), smallest_piece);
}

TEST(PieceSize, ShrinksTowardsTheEnd) {
  EXPECT_LT(piece_size(64 * mib, 8, Milliseconds{10}), piece_size(1 * gib, 8, Milliseconds{10}));
}

TEST(PieceSize, TakesASilentServerForFarAway) {
  EXPECT_GE(latency_after(Milliseconds{30}), Milliseconds{60});
  EXPECT_GT(latency_after({}), Milliseconds{0});
}

}  // namespace
}  // namespace civitai::engine
