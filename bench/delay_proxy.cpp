// A TCP proxy on loopback that makes the way to a server long: every byte arrives a set time later, in each direction,
// and at most a window of bytes per connection is on its way.
//
//   delay_proxy LISTEN_PORT TARGET_PORT ONE_WAY_MS [WINDOW_BYTES]
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t read_size = 256UL << 10;

[[noreturn]] void die(const std::string& what) { throw std::runtime_error(what); }

void make_quick(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
}

// One direction of a connection.
struct Way {
  struct Chunk {
    Clock::time_point due;
    std::vector<char> bytes;
    std::size_t sent = 0;
  };
  int from = -1;
  int to = -1;
  std::deque<Chunk> chunks;
  std::size_t queued = 0;
  bool ended = false;   // nothing more comes in
  bool closed = false;  // the end was passed on

  [[nodiscard]] bool due(Clock::time_point now) const { return !chunks.empty() && chunks.front().due <= now; }
};

struct Connection {
  Way up;
  Way down;
  [[nodiscard]] bool over() const { return up.closed && down.closed; }
};

class Proxy {
 public:
  Proxy(std::uint16_t listen_port, std::uint16_t target_port, std::chrono::milliseconds delay, std::size_t window)
      : target_port_(target_port), delay_(delay), window_(window), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(listen_port);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("cannot bind");
    if (::listen(listener_, 512) != 0) die("cannot listen");
    ::fcntl(listener_, F_SETFL, O_NONBLOCK);
  }

  void run() {
    while (true) turn();
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  void turn() {
    const auto now = Clock::now();
    std::vector<pollfd> polled{{listener_, POLLIN, 0}};
    std::vector<std::pair<Way*, bool>> meaning{{nullptr, false}};
    int timeout = 1000;
    for (auto& connection : connections_) {
      for (Way* way : {&connection->up, &connection->down}) {
        if (!way->ended && way->queued < window_) {
          polled.push_back({way->from, POLLIN, 0});
          meaning.emplace_back(way, true);
        }
        if (way->due(now)) {
          polled.push_back({way->to, POLLOUT, 0});
          meaning.emplace_back(way, false);
        } else if (!way->chunks.empty()) {
          const auto left = std::chrono::ceil<std::chrono::milliseconds>(way->chunks.front().due - now);
          timeout = std::min(timeout, static_cast<int>(left.count()));
        }
      }
    }
    if (::poll(polled.data(), polled.size(), timeout) < 0) {
      if (errno == EINTR) return;
      die("poll failed");
    }
    for (std::size_t i = 1; i < polled.size(); ++i) {
      if (polled[i].revents == 0) continue;
      if (meaning[i].second)
        receive(*meaning[i].first);
      else
        send(*meaning[i].first);
    }
    if (polled[0].revents != 0) accept();
    finish();
  }

  void accept() {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(target_port_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      return;
    }
    make_quick(client);
    make_quick(server);
    auto connection = std::make_unique<Connection>();
    connection->up.from = connection->down.to = client;
    connection->up.to = connection->down.from = server;
    connections_.push_back(std::move(connection));
  }

  void receive(Way& way) const {
    Way::Chunk chunk;
    chunk.bytes.resize(std::min(read_size, window_ - way.queued));
    const ssize_t got = ::recv(way.from, chunk.bytes.data(), chunk.bytes.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      way.ended = true;
      return;
    }
    chunk.bytes.resize(static_cast<std::size_t>(got));
    chunk.due = Clock::now() + delay_;
    way.queued += chunk.bytes.size();
    way.chunks.push_back(std::move(chunk));
  }

  static void send(Way& way) {
    Way::Chunk& chunk = way.chunks.front();
    const ssize_t sent = ::send(way.to, chunk.bytes.data() + chunk.sent, chunk.bytes.size() - chunk.sent, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (sent < 0) {
      way.queued = 0;
      way.chunks.clear();
      way.ended = true;
      return;
    }
    chunk.sent += static_cast<std::size_t>(sent);
    way.queued -= static_cast<std::size_t>(sent);
    if (chunk.sent == chunk.bytes.size()) way.chunks.pop_front();
  }

  void finish() {
    for (auto& connection : connections_) {
      for (Way* way : {&connection->up, &connection->down}) {
        if (!way->ended || !way->chunks.empty() || way->closed) continue;
        ::shutdown(way->to, SHUT_WR);
        way->closed = true;
      }
      if (!connection->over()) continue;
      ::close(connection->up.from);
      ::close(connection->up.to);
      connection.reset();
    }
    std::erase(connections_, nullptr);
  }

  std::uint16_t target_port_;
  std::chrono::milliseconds delay_;
  std::size_t window_;
  int listener_;
  std::list<std::unique_ptr<Connection>> connections_;
};

std::uint16_t port(const char* text) { return static_cast<std::uint16_t>(std::strtoul(text, nullptr, 10)); }

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 4) die("usage: delay_proxy LISTEN_PORT TARGET_PORT ONE_WAY_MS [WINDOW_BYTES]");
    const std::chrono::milliseconds delay(std::strtol(argv[3], nullptr, 10));
    Proxy(port(argv[1]), port(argv[2]), delay, argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 2UL << 20).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "delay_proxy: %s\n", error.what());
    return 1;
  }
}
