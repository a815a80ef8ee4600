// Politeness: at least a set time between the starts of two requests, and a pause that a server asked for.
#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"

namespace civitai::net {

// Safe to use from several threads; each waits for its own turn.
class Pacer {
 public:
  Pacer(Clock& clock, Milliseconds interval) : clock_(clock), interval_(interval) {}

  // Waits for the next turn; false when stopped.
  bool wait(const std::stop_token& stop);
  // Nobody gets a turn before this much time has passed.
  void hold(Milliseconds duration);

 private:
  Clock& clock_;
  Milliseconds interval_;
  Guarded<SteadyTime> next_turn_;
};

}  // namespace civitai::net
