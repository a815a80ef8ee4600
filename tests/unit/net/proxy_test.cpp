// Proxies, as the environment names them.
#include "net/curl_client.hpp"
#include "support/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace civitai::net {
namespace {

using test::always;
using test::http_answer;
using test::RawServer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Proxies : public ::testing::Test {
 protected:
  Proxies() { ::unsetenv("no_proxy"); }
  ~Proxies() override {
    for (const char* const name : {"http_proxy", "all_proxy", "no_proxy"}) ::unsetenv(name);
  }

  static Result<Response> get(std::string_view address) {
    CurlClient client({.user_agent = "test"});
    Request request{.url = *Url::parse(address)};
    request.connect_timeout = Milliseconds{5'000};
    request.stall_timeout = Milliseconds{5'000};
    return fetch(client, std::move(request), 1UL << 20, {});
  }
};

// Greets, lets the client name its destination, and is then that destination: what it was asked for is its answer.
void serve_socks(RawServer::Connection& connection) {
  const std::string greeting = connection.read_bytes(2);
  static_cast<void>(connection.read_bytes(static_cast<unsigned char>(greeting.at(1))));
  connection.send(std::string_view("\x05\x00", 2));
  const std::string head = connection.read_bytes(5);
  const std::string host = connection.read_bytes(static_cast<unsigned char>(head.at(4)));
  static_cast<void>(connection.read_bytes(2));
  connection.send(std::string_view("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10));
  const std::string request = connection.read_request();
  connection.send(http_answer("by way of socks to " + host));
}

TEST_F(Proxies, OfHttpAreAskedForTheWholeAddress) {
  RawServer proxy(always([](std::string_view) { return http_answer("by way of the proxy"); }));
  ::setenv("http_proxy", proxy.origin().c_str(), 1);
  const auto response = get("http://models.example/a?b=c");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "by way of the proxy");
  EXPECT_THAT(proxy.requests().at(0),
              StartsWith("GET http://models.example/a?b=c HTTP/1.1\r\nHost: models.example\r\n"));
}

TEST_F(Proxies, OfSocksFindTheHostThemselves) {
  RawServer proxy(&serve_socks);
  ::setenv("all_proxy", ("socks5h" + proxy.origin().substr(4)).c_str(), 1);
  const auto response = get("http://models.example/a");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "by way of socks to models.example");
  EXPECT_THAT(proxy.requests().at(0), StartsWith("GET /a HTTP/1.1\r\nHost: models.example\r\n"));
}

TEST_F(Proxies, AreNotForThisMachine) {
  RawServer here(always([](std::string_view) { return http_answer("here"); }));
  RawServer proxy(always([](std::string_view) { return http_answer("by way of the proxy"); }));
  ::setenv("http_proxy", proxy.origin().c_str(), 1);
  const auto response = get(here.origin() + "/");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "here");
  EXPECT_EQ(proxy.connections(), 0U);
}

TEST_F(Proxies, ThatAreNotFoundAreSaid) {
  ::setenv("http_proxy", "http://no-such-proxy.invalid:3128", 1);
  const auto response = get("http://models.example/a");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_THAT(response.error().hint, HasSubstr("proxy"));
}

}  // namespace
}  // namespace civitai::net
