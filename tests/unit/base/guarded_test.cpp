#include "base/guarded.hpp"

#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace civitai {
namespace {

using namespace std::chrono_literals;

TEST(Guarded, KeepsEveryChangeOfManyThreads) {
  Guarded<int> counter(0);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 1000; ++j) counter.with([](int& value) { ++value; });
      });
    }
  }
  EXPECT_EQ(counter.read([](int value) { return value; }), 8000);
}

TEST(Guarded, GivesBackWhatTheFunctionGives) {
  Guarded<std::vector<int>> values;
  EXPECT_EQ(values.with([](std::vector<int>& v) {
    v.push_back(7);
    return v.size();
  }),
            1U);
  EXPECT_EQ(values.read([](const std::vector<int>& v) { return v.front(); }), 7);
}

TEST(Guarded, HoldsValuesThatOnlyMove) {
  Guarded<std::unique_ptr<int>> value(std::make_unique<int>(3));
  EXPECT_EQ(*value.with([](std::unique_ptr<int>& v) { return std::move(v); }), 3);
}

TEST(Guarded, WakesWhoWaitsForAChange) {
  Guarded<bool> ready(false);
  std::jthread changer([&] { ready.with([](bool& value) { value = true; }); });
  EXPECT_TRUE(ready.wait({}, [](bool value) { return value; }));
}

TEST(Guarded, LetsTheWaitTakeWhatItWaitedFor) {
  Guarded<std::vector<int>> queue;
  std::jthread producer([&] { queue.with([](std::vector<int>& q) { q.push_back(5); }); });
  int taken = 0;
  EXPECT_TRUE(queue.wait({}, [&](std::vector<int>& q) {
    if (q.empty()) return false;
    taken = q.back();
    q.pop_back();
    return true;
  }));
  EXPECT_EQ(taken, 5);
  EXPECT_TRUE(queue.read([](const std::vector<int>& q) { return q.empty(); }));
}

TEST(Guarded, StopsWaitingWhenAskedTo) {
  Guarded<bool> never(false);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(never.wait(stop.get_token(), [](bool value) { return value; }));
}

TEST(Guarded, DoesNotWaitForWhatIsAlreadySoEvenWhenStopped) {
  Guarded<bool> ready(true);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(ready.wait(stop.get_token(), [](bool value) { return value; }));
}

TEST(Guarded, GivesUpAfterTheTime) {
  Guarded<bool> never(false);
  EXPECT_FALSE(never.wait_for({}, 1ms, [](bool value) { return value; }));
  EXPECT_TRUE(Guarded<bool>(true).wait_for({}, 0ms, [](bool value) { return value; }));
}

TEST(RealClock, SleepsUntilTheTimeHasPassed) {
  RealClock clock;
  const SteadyTime start = clock.steady_now();
  EXPECT_TRUE(clock.sleep(5ms, {}));
  EXPECT_GE(clock.steady_now() - start, 5ms);
  EXPECT_TRUE(clock.sleep(-5ms, {}));
}

TEST(RealClock, WakesWhenStopped) {
  RealClock clock;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(clock.sleep(1h, stop.get_token()));
  EXPECT_FALSE(clock.sleep(0ms, stop.get_token()));
}

}  // namespace
}  // namespace civitai
