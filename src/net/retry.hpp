// When to try again, and after how long. Pure: the caller passes the attempt's number and the randomness.
#pragma once

#include "base/clock.hpp"
#include "net/http.hpp"

#include <optional>
#include <string_view>

namespace civitai::net {

struct RetryRules {
  int tries = 5;                    // in all, the first included
  Milliseconds first_delay{1'000};  // doubles with each try
  Milliseconds longest_delay{30'000};
  Milliseconds longest_retry_after{300'000};  // a server's wish beyond this is cut
  // The site counts downloads over a day and does not say when it will give the next link: all of them pause for
  // minutes, doubling, and after so many pauses without a link it is enough.
  Milliseconds quota_pause{120'000};
  int quota_pauses = 3;
};

// 408, 425, 429, 500, 502, 503, 504, 520 to 524.
[[nodiscard]] bool is_transient_status(int status);

// Reads a Retry-After value: seconds or an HTTP date. Negative and past values are zero, those beyond a year
// are a year; nonsense is nullopt.
[[nodiscard]] std::optional<Milliseconds> parse_retry_after(std::string_view value, SystemTime now);

struct Trouble {
  int attempt = 1;                               // the try that failed, from 1
  std::optional<Milliseconds> retry_after = {};  // what the server asked for
};

// The pause before the next try, or nullopt when there is none left. `random` in [0, 1) spreads clients: a pause lies
// between half of and the whole exponential delay; a Retry-After is never undercut, only lengthened by up to a tenth,
// and one of (nearly) nothing does not mean at once: the first delay is kept.
[[nodiscard]] std::optional<Milliseconds> retry_delay(const RetryRules& rules, const Trouble& trouble, double random);

// The `number`th pause of all downloads in a row, from 1; by chance up to a tenth longer, so that not all clients of a
// site come back at once.
[[nodiscard]] Milliseconds quota_delay(const RetryRules& rules, int number, double random);

}  // namespace civitai::net
