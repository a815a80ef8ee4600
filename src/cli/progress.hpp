// Progress on the screen: one live line per running file and a total; plain lines every few seconds where there is no
// terminal; nothing when quiet.
#pragma once

#include "base/guarded.hpp"
#include "cli/screen.hpp"
#include "engine/image_plan.hpp"
#include "engine/observer.hpp"
#include "engine/plan.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace civitai::cli {

class Progress final : public engine::Observer {
 public:
  Progress(Screen& screen, const Clock& clock, Loudness loudness);
  ~Progress() override;

  // What is about to run; names and sizes are taken from it. The plan must outlive the run.
  void begin(const engine::Plan& plan);
  void begin(const engine::ImagePlan& plan);
  // Images that join while the scan goes on.
  void add(const engine::ImageItem& image);
  void end_scan();
  // Takes the live lines off the screen and stops drawing.
  void end();
  // Shows what is known by now; a thread of its own does so regularly.
  void draw();

  void on_scan(const engine::ScanProgress& progress) override;
  void on_phase(std::size_t item, engine::Phase phase) override;
  void on_bytes(std::size_t item, ByteCount here, ByteCount total) override;
  void on_done(std::size_t item) override;
  void on_failed(std::size_t item, const Error& error) override;

 private:
  struct Running {
    engine::Phase phase = engine::Phase::resolving;
    ByteCount here;
    ByteCount total;
    ByteCount at_last_look;
    double speed = 0;  // bytes per second, smoothed
  };
  // What runs, as far as the screen is concerned.
  struct Work {
    std::size_t count = 0;
    std::string_view noun;
    std::function<std::string(std::size_t item)> name;
    std::function<ByteCount(std::size_t item)> size;  // 0: not known
  };
  struct State {
    engine::ScanProgress scan;
    bool scanning = true;
    std::vector<ImageId> images;  // those that joined
    std::optional<Work> work;
    std::map<std::size_t, Running> running;
    std::size_t done = 0;
    std::size_t failed = 0;
    std::string last_trouble;
    ByteCount finished;  // bytes of the items that are done
    ByteCount total;
    ByteCount at_last_look;
    double speed = 0;
    SteadyTime last_look;
  };

  void begin(Work work);
  void draw_until_stopped(const std::stop_token& stop);
  static void measure(State& state, double seconds);
  [[nodiscard]] static std::vector<std::string> lines_of(const State& state, std::size_t width);
  [[nodiscard]] static std::string item_line(const State& state, std::size_t item, const Running& running,
                                             std::size_t width);
  [[nodiscard]] static std::string total_line(const State& state);

  Screen& screen_;
  const Clock& clock_;
  Loudness loudness_;
  Guarded<State> state_;
  std::jthread thread_;
};

}  // namespace civitai::cli
