// Which requests share a connection: what the client offers to a server, and how many connections it makes.
#include "base/guarded.hpp"
#include "net/curl_client.hpp"
#include "support/exchanges.hpp"
#include "support/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace civitai::net {
namespace {

using test::KeepingSink;
using test::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Milliseconds greeted_within{15'000};

// Names of protocols as a client lists them when it greets a server over TLS (ALPN), each behind its length.
constexpr std::string_view http2_first = "\x02h2\x08http/1.1";
constexpr std::string_view http2 = "\x02h2\x08";
constexpr std::string_view http1 = "\x08http/1.1";

// A server that keeps the greeting of each connection and never answers it.
class Greeted {
 public:
  [[nodiscard]] Url url(std::string_view path) const {
    return *Url::parse("https" + server_.origin().substr(4) + std::string(path));
  }
  // Those that have come once there are so many.
  std::vector<std::string> greetings(std::size_t count) {
    EXPECT_TRUE(greetings_.wait_for({}, greeted_within, [&](const auto& all) { return all.size() >= count; }));
    return greetings_.read([](const auto& all) { return all; });
  }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }

 private:
  void serve(RawServer::Connection& connection) {
    constexpr std::size_t prefix = 5;  // of a TLS record: its kind, a version, its length
    const std::string head = connection.read_bytes(prefix);
    if (head.size() < prefix) return;
    const auto length = static_cast<unsigned char>(head[3]) * 256UL + static_cast<unsigned char>(head[4]);
    std::string greeting = connection.read_bytes(length);
    greetings_.with([&](auto& all) { all.push_back(std::move(greeting)); });
    connection.be_silent();
  }

  Guarded<std::vector<std::string>> greetings_;
  RawServer server_{[this](RawServer::Connection& connection) { serve(connection); }};
};

class Lines : public ::testing::Test {
 protected:
  Lines() { ::setenv("no_proxy", "127.0.0.1", 1); }

  void start(Url url, Line line) {
    exchanges_.push_back(client_.start({.url = std::move(url), .line = line}, sink_, [](const Status&) {}));
  }
  void end_all() { exchanges_.clear(); }

 private:
  CurlClient client_{{.user_agent = "civitai-downloader/9.9"}};
  KeepingSink sink_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
};

TEST_F(Lines, ThatAreSharedAreOfferedAsHttp2) {
  Greeted server;
  start(server.url("/"), Line::shared);
  EXPECT_THAT(server.greetings(1).front(), HasSubstr(std::string(http2_first)));
  end_all();
}

TEST_F(Lines, OfTheirOwnAreHttp1) {
  Greeted server;
  start(server.url("/"), Line::own);
  const std::string greeting = server.greetings(1).front();
  EXPECT_THAT(greeting, HasSubstr(std::string(http1)));
  EXPECT_THAT(greeting, Not(HasSubstr(std::string(http2))));
  end_all();
}

TEST_F(Lines, ThatAreSharedWaitToSeeWhetherOneIsEnough) {
  Greeted server;
  for (int i = 0; i < 5; ++i) start(server.url("/"), Line::shared);
  static_cast<void>(server.greetings(1));
  // Whoever gets a connection has it before those who come later.
  start(server.url("/"), Line::own);
  static_cast<void>(server.greetings(2));
  EXPECT_EQ(server.connections(), 2U);
  end_all();
}

TEST_F(Lines, OfTheirOwnDoNotWait) {
  Greeted server;
  for (int i = 0; i < 5; ++i) start(server.url("/"), Line::own);
  EXPECT_EQ(server.greetings(5).size(), 5U);
  end_all();
}

// Without TLS there is no HTTP/2: nobody waits for a connection that another one has, however slow that is.
TEST_F(Lines, WithoutTlsWaitForNobody) {
  for (int round = 0; round < 5; ++round) {
    Guarded<int> asked;
    const RawServer server([&](RawServer::Connection& connection) {
      connection.read_request();
      asked.with([](int& count) { ++count; });
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      connection.be_silent();
    });
    for (int i = 0; i < 5; ++i) start(server.url("/"), Line::shared);
    EXPECT_TRUE(asked.wait_for({}, Milliseconds{5'000}, [](int count) { return count == 5; })) << "round " << round;
    end_all();
  }
}

}  // namespace
}  // namespace civitai::net
