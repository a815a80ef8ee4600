#include "engine/checkpointer.hpp"

#include <utility>

namespace civitai::engine {

void Checkpointer::begin(RangeSet written, std::uint64_t length) {
  state_.with([&](State& state) { state.task = Task{std::move(written), length}; });
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

bool Checkpointer::is_busy() const {
  return state_.read([](const State& state) { return state.task.has_value(); });
}

Status Checkpointer::finish() {
  state_.wait({}, [](const State& state) { return !state.task; });
  return state_.with([](State& state) { return std::exchange(state.status, Status{}); });
}

void Checkpointer::work(const std::stop_token& stop) {
  while (state_.wait(stop, [](const State& state) { return state.task.has_value(); })) {
    const Task task = state_.read([](const State& state) { return *state.task; });
    Status status = file_.checkpoint(task.written, task.length);
    state_.with([&](State& state) {
      if (state.status) state.status = std::move(status);
      state.task.reset();
    });
  }
}

}  // namespace civitai::engine
