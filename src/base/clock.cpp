#include "base/clock.hpp"

#include <condition_variable>
#include <mutex>

namespace civitai {

SystemTime RealClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

SteadyTime RealClock::steady_now() const { return std::chrono::steady_clock::now(); }

bool RealClock::sleep(Milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace civitai
