#include "site/effects.hpp"

#include <algorithm>
#include <array>

namespace standin {
namespace {

template <Cut cut>
void before_headers(Stage& stage) {
  stage.delivery.cut = cut;
  stage.delivery.cut_after.reset();
}

template <Cut cut>
void after_bytes(Stage& stage) {
  stage.delivery.cut = cut;
  stage.delivery.cut_after = static_cast<std::uint64_t>(std::max<std::int64_t>(stage.number(0), 0));
}

std::uint64_t slower(std::uint64_t rate, std::int64_t limit) {
  const auto asked = static_cast<std::uint64_t>(std::max<std::int64_t>(limit, 1));
  return rate == 0 ? asked : std::min(rate, asked);
}

void throttle(Stage& stage) { stage.delivery.rate = slower(stage.delivery.rate, stage.number(65536)); }

void trickle(Stage& stage) {
  stage.delivery.rate = slower(stage.delivery.rate, stage.number(20));
  stage.delivery.trickle_headers = true;
}

constexpr std::array<Effect, 14> transport_table = {{
    {"reset-before-headers", "", "connection reset instead of an answer", before_headers<Cut::reset>},
    {"close-before-headers", "", "connection closed instead of an answer", before_headers<Cut::close>},
    {"stall-before-headers", "", "silence until the client gives up", before_headers<Cut::stall>},
    {"reset-after", "BYTES", "connection reset after so much of the body", after_bytes<Cut::reset>},
    {"close-after", "BYTES", "connection closed early, Content-Length right", after_bytes<Cut::close>},
    {"stall-after", "BYTES", "silence after so much of the body", after_bytes<Cut::stall>},
    {"trickle", "BYTES_PER_SECOND", "headers and body drop by drop", trickle},
    {"throttle", "BYTES_PER_SECOND", "a slow body, each connection for itself", throttle},
    {"slow-headers", "MS", "so long before the headers",
     [](Stage& stage) { stage.delivery.wait += civitai::Milliseconds(stage.number(1000)); }},
    {"no-content-length", "", "chunked, length unknown", [](Stage& stage) { stage.answer.framing = Framing::chunked; }},
    {"content-length-too-large", "[BYTES]", "so much more promised than sent (1000)",
     [](Stage& stage) { stage.delivery.length_error = stage.number(1000); }},
    {"content-length-too-small", "[BYTES]", "so much less promised than sent (1000)",
     [](Stage& stage) { stage.delivery.length_error = -stage.number(1000); }},
    {"keep-alive-dropped", "", "closed after the answer although it said keep-alive",
     [](Stage& stage) { stage.delivery.hang_up = true; }},
    {"connection-close", "", "announces the end of the connection and means it",
     [](Stage& stage) {
       stage.answer.set("Connection", "close");
       stage.delivery.hang_up = true;
     }},
}};

}  // namespace

std::span<const Effect> transport_effects() { return transport_table; }

}  // namespace standin
