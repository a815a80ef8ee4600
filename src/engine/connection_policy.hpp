// How many connections one file should have right now. Pure: fed with the clock and a count of bytes.
//
// It starts with one, doubles every few milliseconds while one connection is not plainly fast enough, and from then on
// lets measurement decide: half of the connections are given back when that costs nothing, twice as many are tried when
// it pays. On a fast line one connection is the fastest and stays alone; where each connection is throttled or far
// away, all of them are at work before the first answer has come back.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace civitai::engine {

class ConnectionPolicy {
 public:
  // `most`: the limit for this file; `length`: bytes to fetch, 0 = not known.
  ConnectionPolicy(int most, std::uint64_t length, SteadyTime now);

  // Tells how many bytes have been received so far; answers how many connections there should be.
  [[nodiscard]] int wanted(std::uint64_t received, SteadyTime now);
  // When to ask again at the latest.
  [[nodiscard]] Milliseconds next_look(SteadyTime now) const;

 private:
  enum class Phase {
    ramp,       // doubling blindly
    baseline,   // measuring what the present number brings
    try_fewer,  // measuring half of it
    try_more,   // measuring twice of it
    rest,
  };

  void ramp(std::uint64_t received, SteadyTime now);
  void judge(double rate, SteadyTime now);
  void enter(Phase phase, int connections, SteadyTime now);

  int most_ = 1;
  int wanted_ = 1;
  Phase phase_ = Phase::ramp;
  SteadyTime started_;
  SteadyTime due_;  // when the phase moves on
  // While measuring: after a time to settle, bytes are counted from here.
  SteadyTime window_start_;
  std::uint64_t window_received_ = 0;
  bool counting_ = false;
  double baseline_rate_ = 0;  // bytes per second
  int baseline_wanted_ = 1;
  bool fewer_next_ = true;
};

}  // namespace civitai::engine
