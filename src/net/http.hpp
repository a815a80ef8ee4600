// HTTP as a seam: requests, responses that stream into a sink, and the client that runs them.
//
// A client starts exchanges and drives them on threads of its own; it never follows redirects, never retries and never
// decides what a status means. Safe to use from several threads.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/url.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::net {

// Header fields in the order received; names compare without letter case.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  // The first field of that name; nullopt when there is none.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Bytes first..last of a resource, both included; without `last` to its end.
struct ByteRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

enum class Encoding {
  identity,    // bytes as stored: files
  compressed,  // gzip and the like welcome, decoded before the sink sees them: documents
};

enum class Line {
  shared,  // one of many on a connection, where the server speaks HTTP/2: documents, links, small files
  own,     // an HTTP/1.1 connection for itself: several ranges of a file on one connection would be no faster than one
};

struct Request {
  Url url;
  Headers headers = {};
  Secret bearer = {};  // sent as "Authorization: Bearer …" when not empty
  std::optional<ByteRange> range = {};
  std::optional<std::string> json = {};  // sent as the body of a POST; without it the request is a GET
  Encoding encoding = Encoding::identity;
  Line line = Line::shared;
  Milliseconds connect_timeout{20'000};
  Milliseconds stall_timeout{60'000};  // without a single byte once the request is sent; 0 = never
  Milliseconds total_timeout{0};       // for the whole exchange, 0 = none
};

struct ResponseHead {
  int status = 0;
  Headers headers;
  std::optional<std::uint64_t> content_length;
};

// Where a response goes. Called on the client's thread, never concurrently for one exchange; an Error ends the exchange
// with that error. Implementations must not block for long.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  [[nodiscard]] virtual Status on_head(const ResponseHead& head) = 0;  // once, before the body
  [[nodiscard]] virtual Status on_body(std::span<const std::byte> data) = 0;
};

// A running exchange. Destroying it cancels it and returns when no callback runs any more.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

class HttpClient {
 public:
  using Done = std::function<void(Status)>;

  virtual ~HttpClient() = default;
  // Starts the exchange. `sink` must outlive it. `done` is called once, on the client's thread, unless the exchange is
  // destroyed before: success when the response arrived whole, whatever its status.
  [[nodiscard]] virtual std::unique_ptr<Exchange> start(Request request, ResponseSink& sink, Done done) = 0;
};

// Runs one exchange to its end on the calling thread's time. Error of kind cancelled when stopped.
[[nodiscard]] Status perform(HttpClient& client, Request request, ResponseSink& sink, const std::stop_token& stop);

// A response held in memory.
struct Response {
  ResponseHead head;
  std::string body;
};

// As perform, with the body collected; a body beyond `limit` bytes is an error of kind insecure: asking again would
// only fetch as much again.
[[nodiscard]] Result<Response> fetch(HttpClient& client, Request request, std::size_t limit,
                                     const std::stop_token& stop);

}  // namespace civitai::net
