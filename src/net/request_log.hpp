// An HttpClient that tells every exchange of another one in a line, free of secrets.
#pragma once

#include "net/http.hpp"

#include <functional>
#include <string_view>

namespace civitai::net {

// "2026-06-02T09:00:00.331Z GET https://…/api/v1/models?limit=100 -> 200 application/json 3514229 bytes 412 ms". Of
// refusals in JSON the start of the body follows. Authorization headers and secret query values are never in it.
class LoggingClient final : public HttpClient {
 public:
  // Receives one line without its newline; called on the inner client's thread.
  using LineSink = std::function<void(std::string_view)>;

  LoggingClient(HttpClient& inner, const Clock& clock, LineSink sink)
      : inner_(inner), clock_(clock), sink_(std::move(sink)) {}

  std::unique_ptr<Exchange> start(Request request, ResponseSink& sink, Done done) override;

 private:
  HttpClient& inner_;
  const Clock& clock_;
  LineSink sink_;
};

}  // namespace civitai::net
