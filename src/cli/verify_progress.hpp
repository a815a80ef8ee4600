// The progress of a verification on the screen: one live line, or plain lines every few seconds where there is no
// terminal; nothing when quiet.
#pragma once

#include "cli/progress.hpp"
#include "cli/screen.hpp"
#include "engine/verify.hpp"

#include <string>
#include <thread>

namespace civitai::cli {

// "12 of 40 files  3.0 GiB of 9.1 GiB  1.2 GiB/s  5s left, 1 problem".
[[nodiscard]] std::string verify_line(const engine::VerifyProgress& progress, double speed);

class VerifyDisplay {
 public:
  // Draws until it is destroyed; `progress` must live as long.
  VerifyDisplay(Screen& screen, const engine::VerifyProgress& progress, Loudness loudness);
  ~VerifyDisplay();
  VerifyDisplay(const VerifyDisplay&) = delete;
  VerifyDisplay& operator=(const VerifyDisplay&) = delete;

 private:
  void draw_until_stopped(const std::stop_token& stop);

  Screen& screen_;
  const engine::VerifyProgress& progress_;
  std::jthread thread_;
};

}  // namespace civitai::cli
