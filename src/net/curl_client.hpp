// The HttpClient of the program: libcurl's multi interface, driven by one thread.
//
// Connections are reused and limited per host; HTTP/2 where a server offers it over TLS; proxies as the usual
// environment variables say (http_proxy, https_proxy, all_proxy, no_proxy), but never to this machine itself. Redirects
// are never followed. Callbacks run on the client's thread.
#pragma once

#include "net/http.hpp"

#include <memory>
#include <string>

namespace civitai::net {

struct CurlOptions {
  std::string user_agent;
  int connections_per_host = 16;
  std::string certificates = {};  // file of the authorities that are believed; empty: those of this machine
};

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(CurlOptions options);
  // All exchanges must be gone before the client.
  ~CurlClient() override;

  std::unique_ptr<Exchange> start(Request request, ResponseSink& sink, Done done) override;

 private:
  class Driver;
  std::shared_ptr<Driver> driver_;
};

}  // namespace civitai::net
