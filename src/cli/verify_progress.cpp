#include "cli/verify_progress.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/pace.hpp"
#include "term/terminal.hpp"

#include <algorithm>

#include <unistd.h>

namespace civitai::cli {
namespace {

constexpr Milliseconds live_look{125};
constexpr Milliseconds plain_look{5'000};

}  // namespace

std::string verify_line(const engine::VerifyProgress& progress, double speed) {
  const ByteCount done{progress.bytes};
  const ByteCount total{std::max(progress.bytes_total.load(), progress.bytes.load())};
  const std::uint64_t problems = progress.problems;
  const std::string bytes = total.value == 0 ? ""
                                             : format("  {} of {}  {}  {} left", to_text(done), to_text(total),
                                                      speed_text(speed), time_left(total - done, speed));
  return format("{} of {}{}{}", progress.files.load(), counted(progress.files_total.load(), "file"), bytes,
                problems == 0 ? "" : ", " + counted(problems, "problem"));
}

VerifyDisplay::VerifyDisplay(Screen& screen, const engine::VerifyProgress& progress, Loudness loudness)
    : screen_(screen), progress_(progress) {
  if (loudness == Loudness::quiet) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { draw_until_stopped(stop); });
}

VerifyDisplay::~VerifyDisplay() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  screen_.live().clear();
}

void VerifyDisplay::draw_until_stopped(const std::stop_token& stop) {
  RealClock clock;
  const bool live = screen_.live().is_live();
  ByteCount before;
  double speed = 0;
  SteadyTime last_look = clock.steady_now();
  while (clock.sleep(live ? live_look : plain_look, stop)) {
    const SteadyTime now = clock.steady_now();
    const double seconds = std::chrono::duration<double>(now - last_look).count();
    const ByteCount here{progress_.bytes};
    speed = smoothed(speed, rate(here, before, seconds), seconds);
    before = here;
    last_look = now;
    const std::string line = verify_line(progress_, speed);
    if (live) {
      screen_.live().show({line}, term::terminal_columns(STDERR_FILENO));
    } else {
      screen_.talk(line + "\n");
    }
  }
}

}  // namespace civitai::cli
