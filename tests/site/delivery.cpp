#include "site/delivery.hpp"

#include "base/format.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace standin {
namespace {

using civitai::format;

std::string head_of(const Request& request, const Answer& answer, const Delivery& delivery) {
  std::string head = format("HTTP/1.1 {} {}\r\n", answer.status, reason_phrase(answer.status));
  for (const auto& [name, value] : answer.headers) head += format("{}: {}\r\n", name, value);
  if (answer.framing == Framing::chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else {
    const auto length = static_cast<std::int64_t>(answer.body_size()) + delivery.length_error;
    head += format("Content-Length: {}\r\n", std::max<std::int64_t>(length, 0));
  }
  if (answer.header("Connection")) return head + "\r\n";
  head += request.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

// Sends pieces, no faster than the rate allows on the average since it was made.
class Pacer {
 public:
  Pacer(Wire& wire, std::uint64_t rate) : wire_(wire), rate_(rate), start_(std::chrono::steady_clock::now()) {}

  // How many bytes to send in one go.
  [[nodiscard]] std::size_t piece() const {
    constexpr std::uint64_t most = std::uint64_t{1} << 18;
    return static_cast<std::size_t>(rate_ == 0 ? most : std::clamp<std::uint64_t>(rate_ / 20, 1, most));
  }

  // Waits first: whoever has received n bytes has waited for n bytes.
  bool send(std::span<const std::byte> bytes) {
    sent_ += bytes.size();
    if (rate_ != 0) {
      const auto due = start_ + std::chrono::milliseconds(sent_ * 1000 / rate_);
      const auto ahead = std::chrono::ceil<civitai::Milliseconds>(due - std::chrono::steady_clock::now());
      if (ahead.count() > 0 && !wire_.pause(ahead)) return false;
    }
    return wire_.send(bytes);
  }

 private:
  Wire& wire_;
  std::uint64_t rate_;
  std::uint64_t sent_ = 0;
  std::chrono::steady_clock::time_point start_;
};

bool send_head(Wire& wire, const std::string& head, const Delivery& delivery) {
  if (!delivery.trickle_headers) return wire.send(head);
  Pacer pacer(wire, delivery.rate);
  const auto bytes = std::as_bytes(std::span(head));
  for (std::size_t at = 0; at < bytes.size(); at += pacer.piece()) {
    if (!pacer.send(bytes.subspan(at, std::min(pacer.piece(), bytes.size() - at)))) return false;
  }
  return true;
}

// The bytes of the body that are actually sent, from the answer's text or its slice.
class BodySource {
 public:
  explicit BodySource(const Answer& answer) : answer_(answer) {}

  // Up to `most` bytes from `offset` on; good until the next call.
  std::span<const std::byte> at(std::uint64_t offset, std::size_t most) {
    if (!answer_.slice)
      return std::as_bytes(std::span(answer_.text)).subspan(static_cast<std::size_t>(offset)).first(most);
    buffer_.resize(most);
    answer_.slice->content.read(answer_.slice->first + offset, buffer_);
    return buffer_;
  }

 private:
  const Answer& answer_;
  std::vector<std::byte> buffer_;
};

struct BodyOutcome {
  std::uint64_t sent = 0;
  bool alive = true;
};

// How many bytes to send next. The end is kept small, so that `ending` comes close to the true end.
std::size_t next_step(std::uint64_t left, std::size_t piece) {
  constexpr std::uint64_t tail = 16384;
  const std::uint64_t most = left > tail ? left - tail : left;
  return static_cast<std::size_t>(std::min<std::uint64_t>(piece, most));
}

BodyOutcome send_body(Wire& wire, const Answer& answer, const Delivery& delivery, const std::function<void()>& ending) {
  const bool cut = delivery.cut != Cut::none;
  const std::uint64_t count = cut ? std::min(answer.body_size(), delivery.cut_after.value_or(0)) : answer.body_size();
  const bool chunked = answer.framing == Framing::chunked;
  BodySource source(answer);
  Pacer pacer(wire, delivery.rate);
  BodyOutcome outcome;
  while (outcome.sent < count && outcome.alive) {
    const std::size_t step = next_step(count - outcome.sent, pacer.piece());
    const auto bytes = source.at(outcome.sent, step);
    if (!cut && !chunked && outcome.sent + step == count) ending();
    outcome.alive = (!chunked || wire.send(format("{:x}\r\n", step))) && pacer.send(bytes) &&
                    (!chunked || wire.send(std::string_view("\r\n")));
    if (outcome.alive) outcome.sent += step;
  }
  if (chunked && outcome.alive && count == answer.body_size()) {
    if (!cut) ending();
    outcome.alive = wire.send(std::string_view("0\r\n\r\n"));
  }
  return outcome;
}

void carry_out(Wire& wire, Cut cut) {
  if (cut == Cut::stall) wire.stall();
  if (cut == Cut::reset) wire.prepare_reset();
}

}  // namespace

Outcome deliver(Wire& wire, const Request& request, const Answer& answer, const Delivery& delivery,
                const std::function<void()>& ending) {
  if (delivery.wait.count() > 0 && !wire.pause(delivery.wait)) return {};
  if (delivery.cut != Cut::none && !delivery.cut_after) {
    carry_out(wire, delivery.cut);
    return {};
  }
  const bool bare = request.method == "HEAD" || (answer.body_size() == 0 && answer.framing == Framing::length);
  if (bare && delivery.cut == Cut::none) ending();
  if (!send_head(wire, head_of(request, answer, delivery), delivery)) return {};
  if (request.method == "HEAD") return {.complete = true, .usable = true};
  const BodyOutcome body = send_body(wire, answer, delivery, ending);
  Outcome outcome{.bytes_sent = body.sent};
  if (!body.alive) return outcome;
  if (delivery.cut != Cut::none) {
    carry_out(wire, delivery.cut);
    return outcome;
  }
  outcome.complete = true;
  outcome.usable = delivery.length_error == 0 && !delivery.hang_up;
  return outcome;
}

}  // namespace standin
