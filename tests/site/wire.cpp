#include "site/wire.hpp"

#include <cerrno>
#include <chrono>

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace standin {

using civitai::Milliseconds;

bool Wire::send(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Wire::send(std::string_view text) { return send(std::as_bytes(std::span(text))); }

bool Wire::pause(Milliseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  for (;;) {
    const auto left = std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd watched[] = {{.fd = socket_, .events = POLLRDHUP, .revents = 0},
                        {.fd = stop_event_, .events = POLLIN, .revents = 0}};
    const int ready = ::poll(watched, 2, static_cast<int>(std::min<Milliseconds::rep>(left.count(), 1'000'000)));
    if (ready > 0) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

void Wire::stall() {
  while (pause(std::chrono::hours(1))) {
  }
}

void Wire::prepare_reset() {
  // A reset overtakes bytes that are still on their way: wait until the peer's kernel has them.
  for (int waited = 0; waited < 2000; ++waited) {
    int unsent = 0;
    if (::ioctl(socket_, SIOCOUTQ, &unsent) != 0 || unsent == 0 || !pause(Milliseconds(1))) break;
  }
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace standin
