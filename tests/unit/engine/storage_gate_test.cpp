#include "engine/storage_gate.hpp"

#include "support/fake_clock.hpp"

#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using std::chrono::seconds;

class StorageGateTest : public ::testing::Test {
 protected:
  // A refusal as soon as the gate is open again.
  std::optional<Milliseconds> refused(std::optional<Milliseconds> retry_after = {}, double random = 1) {
    clock.advance(gate.closed_for());
    return gate.refused(retry_after, random);
  }

  test::FakeClock clock;
  StorageGate gate{clock};
};

TEST_F(StorageGateTest, IsOpen) { EXPECT_EQ(gate.closed_for(), Milliseconds{0}); }

TEST_F(StorageGateTest, IsClosedForAsLongAsTheStorageWants) {
  EXPECT_EQ(refused(seconds{20}, 0), seconds{20});
  EXPECT_EQ(gate.closed_for(), seconds{20});
  clock.advance(seconds{19});
  EXPECT_EQ(gate.closed_for(), seconds{1});
  clock.advance(seconds{1});
  EXPECT_EQ(gate.closed_for(), Milliseconds{0});
}

TEST_F(StorageGateTest, TakesRefusalsOfOneMomentForOne) {
  EXPECT_EQ(gate.refused({}, 1), seconds{1});
  EXPECT_EQ(gate.refused({}, 1), seconds{0});
  EXPECT_EQ(gate.refused(seconds{100}, 1), seconds{0});
  EXPECT_EQ(gate.closed_for(), seconds{1});
}

TEST_F(StorageGateTest, PausesLongerEachTimeAndByChance) {
  EXPECT_EQ(refused({}, 0), Milliseconds{500});
  EXPECT_EQ(refused({}, 1), seconds{2});
  EXPECT_EQ(refused({}, 0.5), seconds{3});
}

TEST_F(StorageGateTest, StartsAnewAfterAWhileOfPeace) {
  EXPECT_EQ(refused(), seconds{1});
  EXPECT_EQ(refused(), seconds{2});
  clock.advance(gate.closed_for() + seconds{31});
  EXPECT_EQ(gate.refused({}, 1), seconds{1});
}

TEST_F(StorageGateTest, LosesItsPatienceWhenNothingComes) {
  for (int i = 1; i < net::RetryRules{}.tries; ++i) EXPECT_TRUE(refused()) << i;
  EXPECT_FALSE(refused());
}

TEST_F(StorageGateTest, IsPatientAsLongAsBytesCome) {
  for (int i = 1; i < 50; ++i) {
    const auto pause = refused();
    ASSERT_TRUE(pause) << i;
    EXPECT_LE(*pause, seconds{8});
    gate.progress();
  }
}

}  // namespace
}  // namespace civitai::engine
