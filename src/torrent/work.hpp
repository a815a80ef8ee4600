// How much of the machine hashing may take, whom it tells, and when it stops.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <functional>
#include <semaphore>
#include <stop_token>

namespace civitai::torrent {

// One turn for each core: shared by all torrents that are hashed at the same time, so that one alone has every core and
// many together do not ask for more.
class Turns {
 public:
  explicit Turns(unsigned cores) : cores_(cores == 0 ? 1 : cores), free_(static_cast<std::ptrdiff_t>(cores_)) {}

  [[nodiscard]] unsigned cores() const { return cores_; }

  template <class Use>
  auto take(Use&& use) {
    free_.acquire();
    const Giver giver{free_};
    return std::forward<Use>(use)();
  }

 private:
  struct Giver {
    std::counting_semaphore<>& free;
    ~Giver() { free.release(); }
  };

  unsigned cores_;
  std::counting_semaphore<> free_;
};

struct Work {
  Turns& turns;
  std::stop_token stop = {};
  std::function<void(ByteCount)> on_bytes = [](ByteCount) {};  // so many more; called from several threads
};

}  // namespace civitai::torrent
