#include "engine/connection_policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace civitai::engine {
namespace {

constexpr std::uint64_t gigabyte = 1'000'000'000;
constexpr double megabyte = 1e6;

// A line on which so many connections bring so many bytes per second, once the first answer is there.
struct Line {
  std::function<double(int connections)> rate;
  Milliseconds first_answer{1};
};

class Simulation {
 public:
  explicit Simulation(Line line, int most = 8, std::uint64_t length = 100 * gigabyte)
      : line_(std::move(line)), policy_(most, length, now_) {}

  void run(Milliseconds duration) {
    const SteadyTime end = now_ + duration;
    while (now_ < end) {
      const Milliseconds step = std::min(policy_.next_look(now_), std::chrono::ceil<Milliseconds>(end - now_));
      const auto receiving = std::max<SteadyTime::duration>(now_ + step - std::max(now_, answered()), {});
      received_ += line_.rate(wanted_) * std::chrono::duration<double>(receiving).count();
      now_ += step;
      wanted_ = policy_.wanted(static_cast<std::uint64_t>(received_), now_);
      if (history_.back() != wanted_) history_.push_back(wanted_);
      most_seen_ = std::max(most_seen_, wanted_);
    }
  }
  void set_line(Line line) { line_ = std::move(line); }

  [[nodiscard]] int wanted() const { return wanted_; }
  [[nodiscard]] int most_seen() const { return most_seen_; }
  [[nodiscard]] const std::vector<int>& history() const { return history_; }
  [[nodiscard]] double received() const { return received_; }

 private:
  [[nodiscard]] SteadyTime answered() const { return SteadyTime{} + line_.first_answer; }

  Line line_;
  SteadyTime now_{};
  ConnectionPolicy policy_;
  double received_ = 0;
  int wanted_ = 1;
  int most_seen_ = 1;
  std::vector<int> history_ = {1};
};

Line each_limited_to(double rate) {
  return {[rate](int connections) { return rate * connections; }};
}
Line all_limited_to(double rate) {
  return {[rate](int) { return rate; }};
}

TEST(ConnectionPolicy, KeepsOneAloneOnAFastLine) {
  Simulation simulation(all_limited_to(1000 * megabyte));
  simulation.run(std::chrono::seconds(20));
  EXPECT_EQ(simulation.most_seen(), 1);
}

TEST(ConnectionPolicy, GoesThroughTheNumbersInBetween) {
  Simulation simulation(each_limited_to(20 * megabyte));
  simulation.run(Milliseconds{100});
  EXPECT_EQ(simulation.history(), (std::vector<int>{1, 2, 4, 8}));
}

TEST(ConnectionPolicy, StopsAddingOnceEachIsFastEnough) {
  Simulation simulation({[](int connections) { return connections >= 2 ? 800 * megabyte : 60 * megabyte; }});
  simulation.run(Milliseconds{200});
  EXPECT_EQ(simulation.wanted(), 2);
}

TEST(ConnectionPolicy, IsNotTakenInByABurst) {
  Simulation simulation(all_limited_to(900 * megabyte));
  simulation.run(Milliseconds{60});
  ASSERT_EQ(simulation.wanted(), 1);
  simulation.set_line(each_limited_to(20 * megabyte));
  simulation.run(Milliseconds{100});
  EXPECT_EQ(simulation.wanted(), 8);
}

TEST(ConnectionPolicy, HasThemAllAtWorkBeforeAFarServerAnswers) {
  Line line = each_limited_to(40 * megabyte);
  line.first_answer = Milliseconds{80};
  Simulation simulation(line, 16);
  simulation.run(Milliseconds{60});
  EXPECT_EQ(simulation.wanted(), 16);
}

TEST(ConnectionPolicy, KeepsThemWhereEachBringsItsShare) {
  Simulation simulation(each_limited_to(5 * megabyte));
  simulation.run(std::chrono::minutes(10));
  EXPECT_EQ(simulation.wanted(), 8);
  EXPECT_GT(simulation.received(), 0.97 * 600 * 40 * megabyte) << "looking for better ones costs next to nothing";
}

TEST(ConnectionPolicy, TakesBackWhatDoesNotHelp) {
  Simulation simulation(all_limited_to(12 * megabyte));
  simulation.run(std::chrono::seconds(15));
  EXPECT_LE(simulation.wanted(), 2);
}

TEST(ConnectionPolicy, TakesBackTheHalfThatDoesNotHelp) {
  Simulation simulation({[](int connections) { return std::min(connections, 4) * 5 * megabyte; }});
  simulation.run(std::chrono::minutes(2));
  EXPECT_EQ(simulation.wanted(), 4);
}

TEST(ConnectionPolicy, NoticesThatTheLineHasChanged) {
  Simulation simulation(all_limited_to(12 * megabyte));
  simulation.run(std::chrono::seconds(20));
  ASSERT_LE(simulation.wanted(), 2);
  simulation.set_line(each_limited_to(2 * megabyte));
  simulation.run(std::chrono::minutes(5));
  EXPECT_EQ(simulation.wanted(), 8);
}

TEST(ConnectionPolicy, GivesASmallFileNoMoreThanItHasWorkFor) {
  EXPECT_EQ(ConnectionPolicy(8, 0, {}).most(), 1);
  EXPECT_EQ(ConnectionPolicy(8, 100'000, {}).most(), 1);
  EXPECT_EQ(ConnectionPolicy(8, 3'500'000, {}).most(), 3);
  EXPECT_EQ(ConnectionPolicy(8, gigabyte, {}).most(), 8);
  EXPECT_EQ(ConnectionPolicy(0, gigabyte, {}).most(), 1);
}

TEST(ConnectionPolicy, AsksSeldomToBeLookedAt) {
  Simulation simulation(each_limited_to(5 * megabyte));
  simulation.run(std::chrono::seconds(30));
  ConnectionPolicy one(1, gigabyte, {});
  EXPECT_GE(one.next_look({}), std::chrono::seconds(1));
}

}  // namespace
}  // namespace civitai::engine
