// A clock that stands still until somebody sleeps: a sleep takes no real time, moves the clock on and is remembered.
// Safe to use from several threads.
#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"

#include <functional>
#include <stop_token>
#include <vector>

namespace civitai::test {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(SystemTime start = SystemTime(std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}))
      : start_(start) {}

  [[nodiscard]] SystemTime now() const override { return start_ + elapsed(); }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{} + elapsed(); }

  bool sleep(Milliseconds duration, const std::stop_token& stop) override {
    if (stop.stop_requested()) return false;
    if (before_sleep_) before_sleep_();
    state_.with([&](State& state) {
      state.elapsed += duration;
      state.sleeps.push_back(duration);
    });
    return !stop.stop_requested();
  }

  void advance(Milliseconds duration) {
    state_.with([&](State& state) { state.elapsed += duration; });
  }

  // Called on the sleeper's thread at the start of each sleep. To be set before the clock is in use.
  void before_sleep(std::function<void()> call) { before_sleep_ = std::move(call); }

  [[nodiscard]] Milliseconds elapsed() const {
    return state_.read([](const State& state) { return state.elapsed; });
  }
  [[nodiscard]] std::vector<Milliseconds> sleeps() const {
    return state_.read([](const State& state) { return state.sleeps; });
  }

 private:
  struct State {
    Milliseconds elapsed{0};
    std::vector<Milliseconds> sleeps;
  };

  SystemTime start_;
  Guarded<State> state_;
  std::function<void()> before_sleep_;
};

}  // namespace civitai::test
