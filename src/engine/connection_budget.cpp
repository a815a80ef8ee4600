#include "engine/connection_budget.hpp"

namespace civitai::engine {

bool ConnectionBudget::take_first(const std::stop_token& stop) {
  state_.with([](State& state) { ++state.waiting; });
  const bool taken = state_.wait(stop, [&](State& state) {
    if (state.taken >= total_) return false;
    ++state.taken;
    return true;
  });
  state_.with([](State& state) { --state.waiting; });
  return taken;
}

bool ConnectionBudget::take_more() {
  return state_.with([&](State& state) {
    if (state.taken >= total_ || state.waiting > 0) return false;
    ++state.taken;
    return true;
  });
}

bool ConnectionBudget::is_wanted() const {
  return state_.read([&](const State& state) { return state.waiting > 0 && state.taken >= total_; });
}

void ConnectionBudget::give_back() {
  state_.with([](State& state) { --state.taken; });
}

}  // namespace civitai::engine
