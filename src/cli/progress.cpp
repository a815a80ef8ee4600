#include "cli/progress.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/pace.hpp"
#include "term/terminal.hpp"
#include "term/text_width.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <unistd.h>

namespace civitai::cli {
namespace {

constexpr Milliseconds live_interval{125};
constexpr Milliseconds plain_interval{5'000};
constexpr std::size_t bar_width = 16;

std::string_view word_for(engine::Phase phase) {
  switch (phase) {
    case engine::Phase::resolving: return "asking for link";
    case engine::Phase::checking: return "checking";
    case engine::Phase::transferring: return "";
    case engine::Phase::verifying: return "verifying";
    case engine::Phase::placing: return "placing";
  }
  return "";
}

std::string bar(ByteCount here, ByteCount total) {
  const double share =
      total.value == 0 ? 0 : std::min(1.0, static_cast<double>(here.value) / static_cast<double>(total.value));
  const auto filled = static_cast<std::size_t>(std::floor(share * static_cast<double>(bar_width)));
  return format("[{}{}] {:3.0f}%", std::string(filled, '#'), std::string(bar_width - filled, '.'),
                std::floor(share * 100));
}

}  // namespace

Progress::Progress(Screen& screen, const Clock& clock, Loudness loudness)
    : screen_(screen), clock_(clock), loudness_(loudness) {
  if (loudness_ == Loudness::quiet) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { draw_until_stopped(stop); });
}

Progress::~Progress() { end(); }

void Progress::begin(const engine::Plan& plan) {
  const auto file = [&plan](std::size_t item) -> const ModelFile& { return plan.file_of(plan.items[item].place); };
  begin(Work{.count = plan.items.size(),
             .noun = "file",
             .name = [file](std::size_t item) { return printable(file(item).name); },
             .size = [file](std::size_t item) { return file(item).size.value_or(ByteCount{}); }});
}

void Progress::begin(const engine::ImagePlan& plan) {
  begin(Work{.count = plan.items.size(),
             .noun = "image",
             .name = [&plan](std::size_t item) { return plan.items[item].stem.filename().string(); },
             .size = [](std::size_t) { return ByteCount{}; }});
}

void Progress::add(const engine::ImageItem& image) {
  state_.with([&](State& state) {
    state.images.push_back(image.found.image.id);
    if (!state.work) {
      state.last_look = clock_.steady_now();
      // What it looks at is asked for under the lock.
      state.work = Work{.noun = "image",
                        .name = [&state](std::size_t item) { return format("{}", state.images[item].value); },
                        .size = [](std::size_t) { return ByteCount{}; }};
    }
    state.work->count = state.images.size();
  });
}

void Progress::end_scan() {
  state_.with([](State& state) { state.scanning = false; });
}

void Progress::begin(Work work) {
  state_.with([&](State& state) {
    state = State{};
    state.scanning = false;
    state.last_look = clock_.steady_now();
    for (std::size_t item = 0; item < work.count; ++item) state.total += work.size(item);
    state.work = std::move(work);
  });
}

void Progress::end() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  screen_.live().clear();
}

void Progress::on_scan(const engine::ScanProgress& progress) {
  state_.with([&](State& state) { state.scan = progress; });
}

void Progress::on_phase(std::size_t item, engine::Phase phase) {
  state_.with([&](State& state) {
    Running& running = state.running[item];
    running.phase = phase;
    if (running.total.value == 0) running.total = state.work->size(item);
  });
}

void Progress::on_bytes(std::size_t item, ByteCount here, ByteCount total) {
  state_.with([&](State& state) {
    Running& running = state.running[item];
    // What an earlier run had fetched is no speed.
    if (running.here.value == 0) running.at_last_look = here;
    running.here = here;
    running.total = total;
  });
}

void Progress::on_done(std::size_t item) {
  state_.with([&](State& state) {
    ++state.done;
    state.finished += state.running[item].total;
    state.running.erase(item);
  });
}

void Progress::on_failed(std::size_t item, const Error& error) {
  // What befalls several files in the same words, as it names none of them, is said once.
  const bool is_news = state_.with([&](State& state) {
    ++state.failed;
    state.running.erase(item);
    return std::exchange(state.last_trouble, error.message) != error.message;
  });
  if (is_news && error.kind != ErrorKind::cancelled) screen_.error(error);
}

void Progress::draw_until_stopped(const std::stop_token& stop) {
  RealClock clock;
  const Milliseconds interval = screen_.live().is_live() ? live_interval : plain_interval;
  while (clock.sleep(interval, stop)) draw();
}

void Progress::draw() {
  const std::size_t width = term::terminal_columns(STDERR_FILENO);
  const auto lines = state_.with([&](State& state) {
    const SteadyTime now = clock_.steady_now();
    measure(state, std::chrono::duration<double>(now - state.last_look).count());
    state.last_look = now;
    return lines_of(state, width);
  });
  if (lines.empty()) return;
  if (screen_.live().is_live()) {
    screen_.live().show(lines, width);
  } else {
    screen_.talk(lines.back() + "\n");
  }
}

void Progress::measure(State& state, double seconds) {
  ByteCount here = state.finished;
  for (auto& [item, running] : state.running) {
    running.speed = smoothed(running.speed, rate(running.here, running.at_last_look, seconds), seconds);
    running.at_last_look = running.here;
    here += running.here;
  }
  state.speed = smoothed(state.speed, rate(here, state.at_last_look, seconds), seconds);
  state.at_last_look = here;
}

std::vector<std::string> Progress::lines_of(const State& state, std::size_t width) {
  std::vector<std::string> lines;
  if (!state.work) {
    if (state.scan.pages == 0 && state.scan.models == 0) return {"scanning …"};
    if (state.scan.images > 0) {
      return {format("scanning: page {}, {}", state.scan.pages, counted(state.scan.images, "image"))};
    }
    return {format("scanning: page {}, {}, {} wanted", state.scan.pages, counted(state.scan.models, "model"),
                   counted(state.scan.files, "file"))};
  }
  const std::size_t room = term::terminal_rows(STDERR_FILENO) - 2;
  for (const auto& [item, running] : state.running) {
    if (lines.size() < room) lines.push_back(item_line(state, item, running, width));
  }
  lines.push_back(total_line(state));
  return lines;
}

std::string Progress::item_line(const State& state, std::size_t item, const Running& running, std::size_t width) {
  const std::string name = state.work->name(item);
  const std::string_view word = word_for(running.phase);
  const std::string right =
      word.empty()
          ? format("{} {:>10} {:>12} {:>6}", bar(running.here, running.total), to_text(running.here),
                   speed_text(running.speed), time_left(running.total - running.here, running.speed))
          : format("{} {:>10} {:>12} {:>6}", bar(running.here, running.total), to_text(running.here), word, "");
  const std::size_t room = width > right.size() + 12 ? width - right.size() - 2 : 10;
  return term::padded(name, room) + " " + right;
}

std::string Progress::total_line(const State& state) {
  // A run without files that takes its time writes documents.
  if (state.work->count == 0) return "writing documents …";
  const ByteCount here = state.at_last_look;
  const std::string failed = state.failed > 0 ? format(", {} failed", state.failed) : "";
  const std::string count = counted(state.work->count, state.work->noun);
  if (state.scanning) {
    return format("{} of {}{}  {}  {}  scanning: page {}", state.done, count, failed, to_text(here),
                  speed_text(state.speed), state.scan.pages);
  }
  return format("{} of {}{}  {} of {}  {}  {} left", state.done, count, failed, to_text(here),
                to_text(std::max(state.total, here)), speed_text(state.speed),
                time_left(state.total - here, state.speed));
}

}  // namespace civitai::cli
