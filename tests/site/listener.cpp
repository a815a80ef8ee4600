#include "site/listener.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "site/request_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <list>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace standin {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

// Readable for ever once it was set.
class Event {
 public:
  Event() : descriptor_(::eventfd(0, EFD_CLOEXEC)) {}
  void set() const { ::eventfd_write(descriptor_.get(), 1); }
  [[nodiscard]] int get() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

Address address_of(const std::string& text, std::uint16_t port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.length = sizeof *v4;
  } else if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address.length = sizeof *v6;
  } else {
    throw std::system_error(EINVAL, std::generic_category(), "address " + text);
  }
  return address;
}

int bound_socket(const std::string& text, std::uint16_t port) {
  const Address address = address_of(text, port);
  const int socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const auto* where = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::bind(socket, where, address.length) != 0 || ::listen(socket, 1024) != 0) {
    const int error = errno;
    ::close(socket);
    throw std::system_error(error, std::generic_category(), civitai::format("cannot listen on {}:{}", text, port));
  }
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &length);
  const bool v6 = storage.ss_family == AF_INET6;
  return ntohs(v6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                  : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

// Listens while it lives.
class Door {
 public:
  Door(const std::string& address, std::uint16_t port, std::function<void(int)> accepted)
      : socket_(bound_socket(address, port)), thread_([this, accepted = std::move(accepted)] { run(accepted); }) {}
  ~Door() { closing_.set(); }
  [[nodiscard]] std::uint16_t port() const { return port_of(socket_.get()); }

 private:
  void run(const std::function<void(int)>& accepted) const {
    for (;;) {
      pollfd watched[] = {{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                          {.fd = closing_.get(), .events = POLLIN, .revents = 0}};
      if (::poll(watched, 2, -1) < 0 && errno != EINTR) return;
      if (watched[1].revents != 0) return;
      if ((watched[0].revents & POLLIN) == 0) continue;
      const int connection = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) accepted(connection);
    }
  }

  Descriptor socket_;
  Event closing_;
  std::jthread thread_;  // last: joined before what it uses goes
};

struct Connection {
  int socket = -1;
  bool done = false;
  std::jthread thread = {};
};

}  // namespace

class Listener::Implementation {
 public:
  Implementation(Place place, std::string address, std::uint16_t port, Journal& journal, Serve serve)
      : place_(place), address_(std::move(address)), journal_(journal), serve_(std::move(serve)) {
    open(port);
    port_ = doors_.read([](const auto& door) { return door->port(); });
  }

  ~Implementation() {
    close();
    stopping_.set();
    drop();
    reap(Which::all);
  }

  void open(std::uint16_t port) {
    doors_.with([&](auto& door) {
      if (!door) door = std::make_unique<Door>(address_, port, [this](int socket) { take(socket); });
    });
  }
  void open() { open(port_); }
  void close() {
    doors_.with([](auto& door) { door.reset(); });
  }

  // The peer sees the connection end at once; the threads notice and finish on their own.
  void drop() {
    connections_.with([](auto& connections) {
      for (Connection& connection : connections) {
        if (!connection.done) ::shutdown(connection.socket, SHUT_RDWR);
      }
    });
  }

  [[nodiscard]] std::string url() const {
    const bool v6 = address_.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + address_ + "]" : address_;
    return civitai::format("http://{}:{}", host, port_);
  }

 private:
  enum class Which { finished, all };

  void take(int socket) {
    reap(Which::finished);
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_.with([&](auto& connections) {
      Connection& connection = connections.emplace_back(Connection{.socket = socket});
      journal_.connections_open(place_, count_open(connections));
      connection.thread = std::jthread([this, &connection] { run(connection); });
    });
  }

  // Without those that the peer has closed already, though their threads may not have noticed.
  static std::size_t count_open(const std::list<Connection>& connections) {
    std::vector<pollfd> watched;
    for (const Connection& connection : connections) {
      if (!connection.done) watched.push_back({.fd = connection.socket, .events = POLLRDHUP, .revents = 0});
    }
    ::poll(watched.data(), watched.size(), 0);
    const auto is_open = [](const pollfd& one) { return (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0; };
    return static_cast<std::size_t>(std::count_if(watched.begin(), watched.end(), is_open));
  }

  void run(Connection& connection) {
    talk(connection.socket);
    // Under the lock, so that nobody shuts down a number that the system has given to another connection.
    connections_.with([&](auto&) {
      ::close(connection.socket);
      connection.done = true;
    });
  }

  void talk(int socket) {
    Wire wire(socket, stopping_.get());
    RequestReader reader(socket, place_, ++count_);
    while (const auto request = reader.next()) {
      if (serve_(wire, *request) == After::close) return;
    }
    if (reader.malformed()) {
      wire.send(std::string_view("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    }
  }

  void reap(Which which) {
    std::list<Connection> ended;  // joined when it goes, without the lock
    connections_.with([&](auto& connections) {
      for (auto at = connections.begin(); at != connections.end();) {
        const auto next = std::next(at);
        if (which == Which::all || at->done) ended.splice(ended.end(), connections, at);
        at = next;
      }
    });
  }

  Place place_;
  std::string address_;
  std::uint16_t port_ = 0;
  Journal& journal_;
  Serve serve_;
  Event stopping_;
  std::atomic<std::uint64_t> count_{0};
  civitai::Guarded<std::list<Connection>> connections_;
  civitai::Guarded<std::unique_ptr<Door>> doors_;
};

Listener::Listener(Place place, const std::string& address, std::uint16_t port, Journal& journal, Serve serve)
    : implementation_(std::make_unique<Implementation>(place, address, port, journal, std::move(serve))) {}
Listener::~Listener() = default;

std::string Listener::url() const { return implementation_->url(); }
void Listener::close_door() { implementation_->close(); }
void Listener::open_door() { implementation_->open(); }
void Listener::drop_connections() { implementation_->drop(); }

}  // namespace standin
