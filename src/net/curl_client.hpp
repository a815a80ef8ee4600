// The HttpClient of the program: libcurl's multi interface, driven by one thread.
//
// Connections are reused and limited per host. HTTP/2 is offered over TLS for what may share a line (Line::shared:
// documents, links, small files): there round trips count, and many requests on one connection beat a few connections.
// Such requests wait until the first handshake has shown whether one connection can carry them all. Ranges of large
// files (Line::own) get HTTP/1.1 connections: on one connection they would share its window and be no faster than one.
// Without TLS there is no HTTP/2, and nobody waits for anybody.
//
// Proxies (http, https, socks4, socks5) as the usual environment variables say (http_proxy, https_proxy, all_proxy,
// no_proxy), but never to this machine itself. Redirects are never followed. Callbacks run on the client's thread.
#pragma once

#include "base/bytes.hpp"
#include "net/http.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace civitai::net {

struct CurlOptions {
  std::string user_agent;
  int connections_per_host = 16;
  // How many bytes per second all exchanges together may receive right now; nothing = as fast as they come. Asked on
  // the client's thread, again and again. What has a time limit as a whole (documents, links) is counted and not held
  // up.
  std::function<std::optional<ByteCount>()> rate = {};
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
