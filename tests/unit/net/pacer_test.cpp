#include "net/pacer.hpp"

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace civitai::net {
namespace {

using test::FakeClock;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Milliseconds interval{200};

TEST(Pacing, LetsTheFirstGoAtOnce) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST(Pacing, KeepsTheIntervalBetweenStarts) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(pacer.wait({}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(interval, interval, interval));
}

TEST(Pacing, CountsTheTimeThatHasPassedAnyway) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  EXPECT_TRUE(pacer.wait({}));
  clock.advance(Milliseconds{150});
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(Milliseconds{50}));
  clock.advance(Milliseconds{10'000});
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(Milliseconds{50}, interval));
}

TEST(Pacing, WaitsForNothingWithoutAnInterval) {
  FakeClock clock;
  Pacer pacer(clock, Milliseconds{0});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pacer.wait({}));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST(Pacing, HoldsEverybodyBack) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  pacer.hold(Milliseconds{5000});
  pacer.hold(Milliseconds{1000});
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_THAT(clock.sleeps(), ElementsAre(Milliseconds{5000}));
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_EQ(clock.elapsed(), Milliseconds{5200});
}

// Whoever is waiting already when the server asks for a pause has to keep it, too.
TEST(Pacing, HoldsBackWhoWaitsAlready) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  EXPECT_TRUE(pacer.wait({}));
  bool held = false;
  clock.before_sleep([&] {
    if (!std::exchange(held, true)) pacer.hold(Milliseconds{5000});
  });
  EXPECT_TRUE(pacer.wait({}));
  EXPECT_GE(clock.elapsed(), Milliseconds{5000});
}

TEST(Pacing, EndsWhenStopped) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  std::stop_source stop;
  EXPECT_TRUE(pacer.wait(stop.get_token()));
  clock.before_sleep([&] { stop.request_stop(); });
  EXPECT_FALSE(pacer.wait(stop.get_token()));
  EXPECT_FALSE(pacer.wait(stop.get_token()));
}

TEST(Pacing, GivesEachOfSeveralThreadsATurnOfItsOwn) {
  FakeClock clock;
  Pacer pacer(clock, interval);
  constexpr int threads = 4;
  constexpr int turns = 25;
  {
    std::vector<std::jthread> waiting;
    for (int i = 0; i < threads; ++i) {
      waiting.emplace_back([&] {
        for (int turn = 0; turn < turns; ++turn) EXPECT_TRUE(pacer.wait({}));
      });
    }
  }
  EXPECT_GE(clock.elapsed(), interval * (threads * turns - 1));
}

}  // namespace
}  // namespace civitai::net
