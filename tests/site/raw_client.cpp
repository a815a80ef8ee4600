#include "site/raw_client.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace standin::check {
namespace {

using civitai::format;

struct Parts {
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";
};

Parts take_apart(const std::string& url) {
  const std::string_view rest = std::string_view(url).substr(std::string_view("http://").size());
  const std::size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  const std::size_t colon = authority.rfind(':');
  Parts parts{.host = std::string(authority)};
  if (slash != std::string_view::npos) parts.target = rest.substr(slash);
  parts.port = static_cast<std::uint16_t>(civitai::parse_integer(authority.substr(colon + 1)).value_or(80));
  return parts;
}

std::optional<std::size_t> hex_size(std::string_view text) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, 16);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(size) : std::nullopt;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (civitai::equal_ignoring_case(key, name)) return value;
  }
  return {};
}

class Client::Implementation {
 public:
  Implementation(const std::string& url, int patience_ms) : parts_(take_apart(url)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = patience_ms / 1000, .tv_usec = patience_ms % 1000 * 1000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(parts_.port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    refused_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
  }
  ~Implementation() { ::close(socket_); }

  void send(std::string_view method, const std::string& target, const Pairs& headers, const std::string& body) {
    std::string text = format("{} {} HTTP/1.1\r\nHost: {}\r\n", method, target, parts_.host);
    for (const auto& [name, value] : headers) text += format("{}: {}\r\n", name, value);
    if (!body.empty()) text += format("Content-Length: {}\r\n", body.size());
    text += "\r\n" + body;
    std::string_view left = text;
    while (!left.empty()) {
      const ssize_t sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  Reply receive(std::string_view method) {
    Reply reply{.end = refused_ ? End::refused : End::complete};
    if (refused_ || !read_head(reply)) return reply;
    if (method == "HEAD") return reply;
    if (civitai::equal_ignoring_case(reply.header("Transfer-Encoding"), "chunked")) {
      read_chunks(reply);
    } else {
      const auto length = civitai::parse_integer(reply.header("Content-Length")).value_or(0);
      reply.body = take(static_cast<std::size_t>(length), reply.end);
    }
    return reply;
  }

 private:
  // More bytes into the buffer; false with the reason when there are none.
  bool more(End& end) {
    char piece[65536];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got > 0) {
      buffer_.append(piece, static_cast<std::size_t>(got));
      return true;
    }
    const bool waited = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    end = got == 0 ? End::closed : waited ? End::silent : End::reset;
    return false;
  }

  // So many bytes, or what there was.
  std::string take(std::size_t count, End& end) {
    while (buffer_.size() < count && more(end)) {
    }
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return taken;
  }

  std::optional<std::string> take_until(std::string_view mark, End& end) {
    for (;;) {
      const std::size_t at = buffer_.find(mark);
      if (at != std::string::npos) {
        std::string taken = buffer_.substr(0, at);
        buffer_.erase(0, at + mark.size());
        return taken;
      }
      if (!more(end)) return std::nullopt;
    }
  }

  bool read_head(Reply& reply) {
    const auto head = take_until("\r\n\r\n", reply.end);
    if (!head) return false;
    reply.head = *head;
    const auto lines = civitai::split(civitai::replace_all(*head, "\r\n", "\n"), '\n');
    if (lines[0].size() >= 12)
      reply.status = static_cast<int>(civitai::parse_integer(lines[0].substr(9, 3)).value_or(0));
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::size_t colon = lines[i].find(": ");
      if (colon != std::string::npos) reply.headers.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 2));
    }
    return true;
  }

  void read_chunks(Reply& reply) {
    for (;;) {
      const auto line = take_until("\r\n", reply.end);
      const auto size = line ? hex_size(*line) : std::nullopt;
      if (!size) return;
      reply.body += take(*size, reply.end);
      if (reply.end != End::complete) return;
      take(2, reply.end);
      if (*size == 0) return;
    }
  }

  Parts parts_;
  int socket_ = -1;
  bool refused_ = false;
  std::string buffer_;
};

Client::Client(const std::string& url, int patience_ms)
    : implementation_(std::make_unique<Implementation>(url, patience_ms)) {}
Client::~Client() = default;

Reply Client::send(std::string_view method, const std::string& target, const Pairs& headers, const std::string& body) {
  send_only(method, target, headers, body);
  return receive(method);
}

void Client::send_only(std::string_view method, const std::string& target, const Pairs& headers,
                       const std::string& body) {
  implementation_->send(method, target, headers, body);
}

Reply Client::receive(std::string_view method) { return implementation_->receive(method); }

Reply request(std::string_view method, const std::string& url, const Pairs& headers, const std::string& body) {
  return Client(url).send(method, take_apart(url).target, headers, body);
}

Reply get(const std::string& url, const Pairs& headers) { return request("GET", url, headers); }

Reply post(const std::string& url, const std::string& body, const Pairs& headers) {
  return request("POST", url, headers, body);
}

}  // namespace standin::check
