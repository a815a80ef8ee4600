// The clock as a seam: code that waits or stamps times takes a Clock, so that tests decide what time it is.
//
// Implementations are safe to use from several threads.
#pragma once

#include <chrono>
#include <stop_token>

namespace civitai {

using Milliseconds = std::chrono::milliseconds;
using SystemTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual SystemTime now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
  // Waits until the time has passed or a stop is requested; false when it was stopped.
  virtual bool sleep(Milliseconds duration, const std::stop_token& stop) = 0;
};

class RealClock final : public Clock {
 public:
  [[nodiscard]] SystemTime now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
  bool sleep(Milliseconds duration, const std::stop_token& stop) override;
};

}  // namespace civitai
