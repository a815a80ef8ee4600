// Checkpoints of a partial file on a thread of their own: flushing takes as long as the disk wants, and neither hash
// nor network shall wait for it.
//
// The thread starts with the first checkpoint, which a small file never sees. Owned by the transfer's thread; while it
// is busy the file may be read and written, and nothing else be done with it.
#pragma once

#include "base/guarded.hpp"
#include "engine/partial_file.hpp"

#include <cstdint>
#include <optional>
#include <thread>

namespace civitai::engine {

class Checkpointer {
 public:
  // `file` must outlive it.
  explicit Checkpointer(PartialFile& file) : file_(file) {}

  // Lets the journal claim `written` once it is flushed; returns at once. Not to be called while busy.
  void begin(RangeSet written, std::uint64_t length);
  [[nodiscard]] bool is_busy() const;
  // Waits until it is idle. The first failure since the last call.
  Status finish();

 private:
  struct Task {
    RangeSet written;
    std::uint64_t length = 0;
  };
  struct State {
    std::optional<Task> task;
    Status status;
  };
  void work(const std::stop_token& stop);

  PartialFile& file_;
  Guarded<State> state_;
  std::jthread thread_;  // last: it ends before the rest
};

}  // namespace civitai::engine
