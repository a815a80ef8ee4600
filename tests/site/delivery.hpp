// Putting an answer on the wire, with what the transport is to do wrong.
#pragma once

#include "site/message.hpp"
#include "site/wire.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace standin {

enum class Cut { none, close, reset, stall };

struct Delivery {
  civitai::Milliseconds wait{0};  // before anything is sent
  Cut cut = Cut::none;
  std::optional<std::uint64_t> cut_after = {};  // bytes of the body; unset: before the headers
  std::uint64_t rate = 0;                       // bytes of the body per second; 0: as fast as it goes
  bool trickle_headers = false;                 // the headers go at that rate too
  std::int64_t length_error = 0;                // added to Content-Length
  bool hang_up = false;                         // closes afterwards although the headers promised to stay
};

struct Outcome {
  std::uint64_t bytes_sent = 0;  // of the body
  bool complete = false;
  bool usable = false;  // the connection can carry another request
};

// Calls `ending` before the last bytes that complete the answer.
[[nodiscard]] Outcome deliver(Wire& wire, const Request& request, const Answer& answer, const Delivery& delivery,
                              const std::function<void()>& ending);

}  // namespace standin
