#include "net/pacer.hpp"

#include <algorithm>

namespace civitai::net {

bool Pacer::wait(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    // Taken only when it has come: whoever sleeps sees a pause that was asked for in the meantime.
    const auto pause = next_turn_.with([&](SteadyTime& next) {
      const SteadyTime now = clock_.steady_now();
      if (next > now) return std::chrono::ceil<Milliseconds>(next - now);
      next = now + interval_;
      return Milliseconds{0};
    });
    if (pause.count() == 0) return true;
    if (!clock_.sleep(pause, stop)) return false;
  }
  return false;
}

void Pacer::hold(Milliseconds duration) {
  const SteadyTime until = clock_.steady_now() + duration;
  next_turn_.with([&](SteadyTime& next) { next = std::max(next, until); });
}

}  // namespace civitai::net
