#include "site/request_reader.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cerrno>
#include <string_view>

#include <sys/socket.h>

namespace standin {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

using Parser = http::request_parser<http::string_body>;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

Request converted(const Parser::value_type& message, Place place, std::uint64_t connection) {
  Request request{.place = place, .method = text(message.method_string()), .target = text(message.target())};
  std::string_view target = request.target;
  // The absolute form, as sent to proxies.
  if (target.starts_with("http://")) target.remove_prefix(std::min(target.find('/', 7), target.size()));
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = Query(target.substr(mark + 1));
  for (const auto& field : message.base()) request.headers.emplace_back(text(field.name_string()), text(field.value()));
  request.body = message.body();
  request.keep_alive = message.keep_alive();
  request.connection = connection;
  return request;
}

}  // namespace

class RequestReader::Implementation {
 public:
  Implementation(int socket, Place place, std::uint64_t connection)
      : socket_(socket), place_(place), connection_(connection) {}

  std::optional<Request> next() {
    Parser parser;
    parser.eager(true);
    parser.header_limit(1 << 16);
    parser.body_limit(std::uint64_t{1} << 24);
    while (!parser.is_done()) {
      if (buffer_.size() > 0 && !feed(parser)) return std::nullopt;
      if (!parser.is_done() && !receive()) return std::nullopt;
    }
    return converted(parser.get(), place_, connection_);
  }

  bool malformed = false;

 private:
  bool feed(Parser& parser) {
    beast::error_code error;
    buffer_.consume(parser.put(buffer_.data(), error));
    malformed = error && error != http::error::need_more;
    return !malformed;
  }

  bool receive() {
    constexpr std::size_t step = 16384;
    const auto space = buffer_.prepare(step);
    ssize_t got = 0;
    do {
      got = ::recv(socket_, space.data(), space.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return false;
    buffer_.commit(static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  Place place_;
  std::uint64_t connection_;
  beast::flat_buffer buffer_;  // what came behind the last request
};

RequestReader::RequestReader(int socket, Place place, std::uint64_t connection)
    : implementation_(std::make_unique<Implementation>(socket, place, connection)) {}
RequestReader::~RequestReader() = default;

std::optional<Request> RequestReader::next() { return implementation_->next(); }
bool RequestReader::malformed() const { return implementation_->malformed; }

}  // namespace standin
