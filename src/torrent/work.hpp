// How much of the machine hashing may take, whom it tells, and when it stops.
#pragma once

#include "base/bytes.hpp"
#include "base/guarded.hpp"
#include "hash/many_digests.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <semaphore>
#include <stop_token>
#include <vector>

namespace civitai::torrent {

// What a core hashes pieces with: costly to make, and megabytes large.
struct Tools {
  hash::ManyDigests sha1{hash::RawAlgorithm::sha1};
  hash::ManyDigests sha256{hash::RawAlgorithm::sha256};
  std::vector<std::byte> room;  // grows as needed
};

// One turn, with its tools, for each core: shared by all torrents that are hashed at the same time, so that one alone
// has every core, and many together ask for no more of the processor or of memory.
class Turns {
 public:
  explicit Turns(unsigned cores) : cores_(cores == 0 ? 1 : cores), free_(static_cast<std::ptrdiff_t>(cores_)) {}

  [[nodiscard]] unsigned cores() const { return cores_; }

  // Runs `use(Tools&)` when a core is free.
  template <class Use>
  auto take(Use&& use) {
    free_.acquire();
    const Giver giver{free_};
    Loan loan{idle_, borrowed()};
    return std::forward<Use>(use)(*loan.tools);
  }

 private:
  using Shelf = std::vector<std::unique_ptr<Tools>>;

  struct Giver {
    std::counting_semaphore<>& free;
    ~Giver() { free.release(); }
  };
  struct Loan {
    Guarded<Shelf>& idle;
    std::unique_ptr<Tools> tools;
    ~Loan() {
      idle.with([&](Shelf& shelf) { shelf.push_back(std::move(tools)); });
    }
  };

  std::unique_ptr<Tools> borrowed() {
    auto tools = idle_.with([](Shelf& shelf) {
      std::unique_ptr<Tools> last;
      if (!shelf.empty()) {
        last = std::move(shelf.back());
        shelf.pop_back();
      }
      return last;
    });
    return tools ? std::move(tools) : std::make_unique<Tools>();
  }

  unsigned cores_;
  std::counting_semaphore<> free_;
  Guarded<Shelf> idle_;
};

struct Work {
  Turns& turns;
  std::stop_token stop = {};
  std::function<void(ByteCount)> on_bytes = [](ByteCount) {};  // so many more; called from several threads
};

}  // namespace civitai::torrent
