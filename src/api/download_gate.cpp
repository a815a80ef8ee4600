#include "api/download_gate.hpp"

namespace civitai::api {

std::optional<int> DownloadGate::pass(const std::stop_token& stop) {
  if (!pacer_.wait(stop)) return std::nullopt;
  return state_.read([](const State& state) { return state.passes; });
}

void DownloadGate::accepted(int pass) {
  state_.with([&](State& state) {
    if (pass == state.passes) state.pauses = 0;
  });
}

std::optional<DownloadGate::Pause> DownloadGate::refused(int pass, std::optional<Milliseconds> retry_after,
                                                         double random) {
  return state_.with([&](State& state) -> std::optional<Pause> {
    if (pass != state.passes) return Pause{};
    const auto pause = duration(state.pauses + 1, retry_after, random);
    if (!pause) return std::nullopt;
    ++state.passes;
    ++state.pauses;
    pacer_.hold(*pause);
    return Pause{*pause, state.pauses};
  });
}

std::optional<Milliseconds> DownloadGate::duration(int number, std::optional<Milliseconds> retry_after,
                                                   double random) const {
  if (number > rules_.quota_pauses) return std::nullopt;
  if (!retry_after) return net::quota_delay(rules_, number, random);
  // Who asks for more than that means the quota of a day.
  if (*retry_after > rules_.longest_retry_after) return std::nullopt;
  return net::retry_delay(rules_, {1, retry_after}, random);
}

}  // namespace civitai::api
