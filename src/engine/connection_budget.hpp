// The connections to the storage that all transfers of a run share.
//
// Each file needs one connection to go on at all and may use more while nobody waits for his first. Safe to use from
// several threads.
#pragma once

#include "base/guarded.hpp"

#include <stop_token>

namespace civitai::engine {

class ConnectionBudget {
 public:
  explicit ConnectionBudget(int total) : total_(total) {}

  // Waits for a file's first connection; false when stopped.
  [[nodiscard]] bool take_first(const std::stop_token& stop);
  // One more, if there is one and nobody waits.
  [[nodiscard]] bool take_more();
  // Whether someone waits for a first connection: whoever has several gives one back at the next occasion.
  [[nodiscard]] bool is_wanted() const;
  void give_back();

 private:
  struct State {
    int taken = 0;
    int waiting = 0;
  };
  int total_;
  Guarded<State> state_;
};

}  // namespace civitai::engine
