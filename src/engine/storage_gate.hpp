// What all transfers heed when the storage answers that there have been too many requests (429): all of them pause, not
// only the one that was told.
//
// While it is closed nobody opens a further connection or asks for a link to one; what is under way goes on. Pauses are
// those of the retry policy, each longer than the one before until there was peace for a while. Patience ends only when
// the storage refuses again and again and not a byte comes in between. Safe to use from several threads.
#pragma once

#include "base/guarded.hpp"
#include "net/retry.hpp"

#include <optional>

namespace civitai::engine {

class StorageGate {
 public:
  // `clock` must outlive it.
  explicit StorageGate(const Clock& clock, net::RetryRules rules = {}) : clock_(clock), rules_(rules) {}

  // For how long nobody may open a connection; zero: it is open.
  [[nodiscard]] Milliseconds closed_for() const;
  // The storage said too many: how long everybody pauses; zero: a pause is on already. nullopt: it was waited often
  // enough. `random` in [0, 1).
  [[nodiscard]] std::optional<Milliseconds> refused(std::optional<Milliseconds> retry_after, double random);
  // Bytes have come.
  void progress();

 private:
  struct State {
    SteadyTime opens{};
    int pauses = 0;     // that followed each other
    int fruitless = 0;  // of them without a byte
  };

  const Clock& clock_;
  net::RetryRules rules_;
  Guarded<State> state_;
};

}  // namespace civitai::engine
