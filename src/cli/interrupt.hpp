// Ctrl-C, SIGTERM and a closed terminal as a stop request; a second one ends the program at once.
//
// Make one at the start of main, before any other thread: it blocks the signals and takes them on a thread of its own,
// so no code of ours ever runs inside a signal handler. Ending at once is safe: files become visible only by rename and
// the database commits or does not.
#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>

namespace civitai::cli {

class Interrupt {
 public:
  // `on_first` runs on the signal thread when the first signal arrives.
  explicit Interrupt(std::function<void()> on_first);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  [[nodiscard]] bool requested() const { return stop_.stop_requested(); }

 private:
  void watch();

  std::function<void()> on_first_;
  std::stop_source stop_;
  std::atomic<bool> over_{false};
  std::jthread thread_;
};

}  // namespace civitai::cli
