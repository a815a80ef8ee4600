// One budget of bytes per second for everything that is received.
//
// A token bucket that may go into debt: whoever receives pays afterwards and learns how long to pause. Not for sharing
// between threads; the HTTP client's thread owns it.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"

#include <optional>

namespace civitai::net {

class BandwidthBudget {
 public:
  // Enforces `rate` from `now` on; nothing = unlimited. Debt is forgiven when the rate changes.
  void set_rate(std::optional<ByteCount> rate, SteadyTime now);
  [[nodiscard]] std::optional<ByteCount> rate() const { return rate_; }
  // Takes bytes that have been received.
  void pay(ByteCount bytes, SteadyTime now);
  // How long nobody may receive; zero when there is credit.
  [[nodiscard]] Milliseconds pause(SteadyTime now) const;

 private:
  void earn(SteadyTime now);

  std::optional<ByteCount> rate_;
  double credit_ = 0;  // bytes; negative is debt
  SteadyTime last_{};
};

}  // namespace civitai::net
