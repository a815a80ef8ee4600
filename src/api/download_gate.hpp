// Where everybody who wants a link to a file passes: when the site answers that there have been too many, all of them
// pause, not only the one that was told.
//
// Safe to use from several threads. It never ends a wait early; downloads that are under way are not its concern.
#pragma once

#include "base/guarded.hpp"
#include "net/pacer.hpp"
#include "net/retry.hpp"

#include <optional>

namespace civitai::api {

class DownloadGate {
 public:
  DownloadGate(Clock& clock, net::RetryRules rules) : rules_(rules), pacer_(clock, Milliseconds{0}) {}

  // Waits until no pause is on; nullopt when stopped. What is given goes back with the site's answer.
  [[nodiscard]] std::optional<int> pass(const std::stop_token& stop);
  // The site gave a link.
  void accepted(int pass);

  struct Pause {
    Milliseconds duration{0};  // zero: a pause that somebody else has begun already
    int number = 0;            // 1, 2, … without a link in between
  };
  // The site said too many. nullopt: it has been waited often enough, or the site wants more patience than there is.
  [[nodiscard]] std::optional<Pause> refused(int pass, std::optional<Milliseconds> retry_after, double random);

 private:
  struct State {
    int passes = 0;  // grows with each pause: who passed before it does not begin another one
    int pauses = 0;  // since the last link
  };
  [[nodiscard]] std::optional<Milliseconds> duration(int number, std::optional<Milliseconds> retry_after,
                                                     double random) const;

  net::RetryRules rules_;
  net::Pacer pacer_;
  Guarded<State> state_;
};

}  // namespace civitai::api
