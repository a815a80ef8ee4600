#include "cli/hashing_progress.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/pace.hpp"
#include "term/terminal.hpp"

#include <algorithm>

#include <unistd.h>

namespace civitai::cli {
namespace {

constexpr Milliseconds pause_between_lines_live{125};
constexpr Milliseconds pause_between_lines{5'000};

}  // namespace

HashingProgress::HashingProgress(Screen& screen, const Clock& clock, Loudness loudness, Job job)
    : screen_(screen), clock_(clock), job_(std::move(job)) {
  state_.with([&](State& state) { state.last_look = clock_.steady_now(); });
  if (loudness == Loudness::quiet) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RealClock real;
    const Milliseconds interval = screen_.live().is_live() ? pause_between_lines_live : pause_between_lines;
    while (real.sleep(interval, stop)) draw();
  });
}

HashingProgress::~HashingProgress() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  screen_.live().clear();
}

void HashingProgress::start(std::string name) {
  state_.with([&](State& state) { state.name = std::move(name); });
}

void HashingProgress::add(ByteCount bytes) {
  state_.with([&](State& state) { state.here += bytes; });
}

void HashingProgress::finish() {
  state_.with([](State& state) { ++state.done; });
}

void HashingProgress::draw() {
  const std::string line = state_.with([&](State& state) {
    const SteadyTime now = clock_.steady_now();
    const double seconds = std::chrono::duration<double>(now - state.last_look).count();
    state.speed = smoothed(state.speed, rate(state.here, state.at_last_look, seconds), seconds);
    state.at_last_look = state.here;
    state.last_look = now;
    return line_of(state);
  });
  if (screen_.live().is_live()) {
    screen_.live().show({line}, term::terminal_columns(STDERR_FILENO));
  } else {
    screen_.talk(line + "\n");
  }
}

std::string HashingProgress::line_of(const State& state) const {
  const ByteCount total = std::max(job_.total, state.here);
  return format("{} of {}  {} of {}  {}  {} left  {}", state.done, counted(job_.count, job_.noun), to_text(state.here),
                to_text(total), speed_text(state.speed), time_left(total - state.here, state.speed),
                printable(state.name));
}

}  // namespace civitai::cli
