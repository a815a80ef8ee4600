#include "engine/storage_gate.hpp"

#include <algorithm>
#include <chrono>

namespace civitai::engine {

Milliseconds StorageGate::closed_for() const {
  const SteadyTime opens = state_.read([](const State& state) { return state.opens; });
  return std::max(Milliseconds{0}, std::chrono::ceil<Milliseconds>(opens - clock_.steady_now()));
}

std::optional<Milliseconds> StorageGate::refused(std::optional<Milliseconds> retry_after, double random) {
  const SteadyTime now = clock_.steady_now();
  return state_.with([&](State& state) -> std::optional<Milliseconds> {
    if (now < state.opens) return Milliseconds{0};
    if (now - state.opens > rules_.longest_delay) state.pauses = 0;
    if (state.fruitless + 1 >= rules_.tries) return std::nullopt;
    const auto pause = net::retry_delay(rules_, {std::min(state.pauses + 1, rules_.tries - 1), retry_after}, random);
    if (!pause) return std::nullopt;
    ++state.pauses;
    ++state.fruitless;
    state.opens = now + *pause;
    return pause;
  });
}

void StorageGate::progress() {
  state_.with([](State& state) { state.fruitless = 0; });
}

}  // namespace civitai::engine
