// How many connections one file should have right now. Pure: fed with the clock and a count of bytes.
//
// It starts with one. While no answer has come, and then while no connection is plainly fast, it doubles them every few
// milliseconds: a server that needs longer than that to answer is far away, where the round trip limits each connection
// and company helps. Who is fast at first has to stay so for a while to be believed: servers that limit the rate let a
// burst through before they do. From then on measurement decides: half of the connections are given back when that
// costs nothing, twice as many are kept when they pay. So one connection stays alone on a fast line, where others would
// cost; where each is throttled or far away, all of them are at work before the first answer has come back.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>

namespace civitai::engine {

class ConnectionPolicy {
 public:
  // `most`: the limit for this file; `length`: bytes to fetch. A small file gets no more than it has work for.
  ConnectionPolicy(int most, std::uint64_t length, SteadyTime now);

  // Tells how many bytes have been received so far; answers how many connections there should be.
  [[nodiscard]] int wanted(std::uint64_t received, SteadyTime now);
  // When to ask again at the latest.
  [[nodiscard]] Milliseconds next_look(SteadyTime now) const;
  // The most it will ever want.
  [[nodiscard]] int most() const { return most_; }
  // Whether the number is the outcome of looking at the rate, not of the blind start.
  [[nodiscard]] bool is_settled() const { return phase_ != Phase::ramp || fast_since_; }

 private:
  enum class Phase {
    ramp,       // doubling
    baseline,   // measuring what the present number brings
    try_fewer,  // measuring half of it
    try_more,   // measuring twice of it
    rest,
  };
  struct Mark {
    SteadyTime time;
    std::uint64_t received = 0;
  };

  void ramp(Mark now);
  void measure(Mark now);
  void start_experiment(SteadyTime now);
  void end_experiment(double rate, SteadyTime now);
  void enter(Phase phase, int connections, SteadyTime now);

  int most_ = 1;
  int wanted_ = 1;
  Phase phase_ = Phase::ramp;
  SteadyTime due_;            // when the phase moves on
  std::optional<Mark> look_;  // the last one during the ramp, since bytes were first seen
  std::optional<SteadyTime> fast_since_;
  std::optional<Mark> window_;  // while measuring, after a time to settle: bytes are counted from here
  Milliseconds rest_;
  double baseline_rate_ = 0;  // bytes per second
  int baseline_wanted_ = 1;
  bool fewer_next_ = true;
};

}  // namespace civitai::engine
