// A tiny server on a loopback port of its own: the test says, byte for byte, what goes over each connection.
//
// Every connection runs the `serve` function on a thread of its own and ends when that returns. Destroying the server
// cuts all connections and waits for those threads.
#pragma once

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "net/url.hpp"

#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace civitai::test {

class RawServer {
 public:
  class Connection {
   public:
    Connection(RawServer& server, int socket) : server_(server), socket_(socket) {}

    // So many bytes; fewer when the other side has gone.
    std::string read_bytes(std::size_t count) {
      std::array<char, 4096> buffer{};
      while (received_.size() < count) {
        const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        received_.append(buffer.data(), static_cast<std::size_t>(got));
      }
      const std::string bytes = received_.substr(0, count);
      received_.erase(0, bytes.size());
      return bytes;
    }

    // The next request up to and including its blank line; "" when the other side has gone.
    std::string read_request() {
      std::array<char, 4096> buffer{};
      while (received_.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
        if (got <= 0) return {};
        received_.append(buffer.data(), static_cast<std::size_t>(got));
      }
      const std::size_t end = received_.find("\r\n\r\n") + 4;
      std::string request = received_.substr(0, end);
      received_.erase(0, end);
      server_.state_.with([&](State& state) { state.requests.push_back(request); });
      return request;
    }

    // false when the other side has gone.
    bool send(std::string_view bytes) const {
      while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }

    // Says nothing until the other side hangs up.
    void be_silent() const {
      std::array<char, 256> buffer{};
      while (::recv(socket_, buffer.data(), buffer.size(), 0) > 0) continue;
    }

   private:
    RawServer& server_;
    int socket_;
    std::string received_;
  };
  using Serve = std::function<void(Connection&)>;

  explicit RawServer(Serve serve) : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    const bool ready = ::bind(listener_, plain, length) == 0 && ::listen(listener_, 64) == 0 &&
                       ::getsockname(listener_, plain, &length) == 0;
    if (!ready) throw std::runtime_error("cannot listen on the loopback interface");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    const auto sockets = state_.read([](const State& state) { return state.sockets; });
    for (const int socket : sockets) ::shutdown(socket, SHUT_RDWR);
    connections_.clear();
    for (const int socket : sockets) ::close(socket);
    ::close(listener_);
  }

  [[nodiscard]] std::string origin() const { return format("http://127.0.0.1:{}", port_); }
  [[nodiscard]] net::Url url(std::string_view path) const { return *net::Url::parse(origin() + std::string(path)); }
  [[nodiscard]] std::size_t connections() const {
    return state_.read([](const State& state) { return state.sockets.size(); });
  }
  [[nodiscard]] std::vector<std::string> requests() const {
    return state_.read([](const State& state) { return state.requests; });
  }
  // Blocks until that many requests have been read.
  void wait_for_requests(std::size_t count) {
    state_.wait({}, [&](const State& state) { return state.requests.size() >= count; });
  }

 private:
  struct State {
    std::vector<int> sockets;
    std::vector<std::string> requests;
  };

  void accept_all() {
    for (int socket = 0; (socket = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      state_.with([&](State& state) { state.sockets.push_back(socket); });
      connections_.emplace_back([this, socket] {
        Connection connection(*this, socket);
        serve_(connection);
        ::shutdown(socket, SHUT_RDWR);
      });
    }
  }

  Serve serve_;
  int listener_;
  int port_ = 0;
  Guarded<State> state_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

// Answers every request of a connection with what `answer` makes of it.
inline RawServer::Serve always(std::function<std::string(std::string_view request)> answer) {
  return [answer = std::move(answer)](RawServer::Connection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      if (!connection.send(answer(request))) return;
    }
  };
}

// A whole answer with a Content-Length. `headers`: lines, each ended by "\r\n".
inline std::string http_answer(std::string_view body, std::string_view headers = "",
                               std::string_view status = "200 OK") {
  return format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body);
}

}  // namespace civitai::test
