#include "net/curl_client.hpp"
#include "support/exchanges.hpp"
#include "support/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

namespace civitai::net {
namespace {

using std::chrono::seconds;
using test::always;
using test::Ending;
using test::http_answer;
using test::KeepingSink;
using test::RawServer;

constexpr std::size_t body_limit = 1UL << 20;
// Longer than anything here may take, shorter than any timeout that is not under test.
constexpr seconds promptly{15};

class CurlExchanges : public ::testing::Test {
 protected:
  // A proxy of this machine is not for servers on it.
  CurlExchanges() { ::setenv("no_proxy", "127.0.0.1", 1); }

  static seconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<seconds>(std::chrono::steady_clock::now() - start);
  }

  CurlClient client{{.user_agent = "civitai-downloader/9.9"}};
  const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

void say_nothing(RawServer::Connection& connection) {
  connection.read_request();
  connection.be_silent();
}

// Three bytes of ten, and then nothing.
void stall_midway(RawServer::Connection& connection) {
  connection.read_request();
  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  connection.be_silent();
}

TEST_F(CurlExchanges, EndWithTheSinksErrorAtTheHead) {
  RawServer server(stall_midway);
  KeepingSink sink;
  sink.at_head = [](const ResponseHead&) { return fail(ErrorKind::skipped, "seen body_limit"); };
  Ending ending;
  const auto exchange = client.start({.url = server.url("/")}, sink, ending.done());
  const Status status = ending.wait();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(), (Error{ErrorKind::skipped, "seen body_limit", {}}));
  EXPECT_EQ(sink.kept().body, "");
}

TEST_F(CurlExchanges, EndWithTheSinksErrorInTheBody) {
  RawServer server(stall_midway);
  KeepingSink sink;
  sink.at_body = [] { return fail(ErrorKind::disk_full, "no room"); };
  Ending ending;
  const auto exchange = client.start({.url = server.url("/")}, sink, ending.done());
  EXPECT_EQ(ending.wait().error().kind, ErrorKind::disk_full);
}

TEST_F(CurlExchanges, HandOverWhatCameBeforeTheConnectionBroke) {
  RawServer server([](RawServer::Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  KeepingSink sink;
  Ending ending;
  const auto exchange = client.start({.url = server.url("/")}, sink, ending.done());
  EXPECT_EQ(ending.wait().error().kind, ErrorKind::network);
  EXPECT_EQ(sink.kept().heads, 1);
  EXPECT_EQ(sink.kept().body, "abc");
}

TEST_F(CurlExchanges, CanBeCancelledWhileTheServerIsSilent) {
  RawServer server(say_nothing);
  KeepingSink sink;
  Ending ending;
  auto exchange = client.start({.url = server.url("/")}, sink, ending.done());
  server.wait_for_requests(1);
  exchange.reset();
  EXPECT_FALSE(ending.has_come());
  EXPECT_LT(since(start), promptly);
}

TEST_F(CurlExchanges, CanBeCancelledInTheMiddleOfABody) {
  RawServer server(stall_midway);
  KeepingSink sink;
  Ending ending;
  auto exchange = client.start({.url = server.url("/")}, sink, ending.done());
  sink.wait_for_body(3);
  exchange.reset();
  EXPECT_FALSE(ending.has_come());
  EXPECT_LT(since(start), promptly);
}

// The sink and what `done` refers to are gone right after: nothing may touch them any more.
TEST_F(CurlExchanges, CallNobodyOnceTheyAreCancelled) {
  RawServer server([](RawServer::Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.send(std::string(1000, 'x'))) continue;
  });
  for (std::size_t i = 0; i < 50; ++i) {
    auto sink = std::make_unique<KeepingSink>();
    auto ending = std::make_unique<Ending>();
    auto exchange = client.start({.url = server.url("/")}, *sink, ending->done());
    if (i % 2 == 0) sink->wait_for_body(1 + i * 100);
    exchange.reset();
    EXPECT_FALSE(ending->has_come());
  }
}

TEST_F(CurlExchanges, MayEndTheirOwnLifeWhenTheyAreDone) {
  RawServer server(always([](std::string_view) { return http_answer("ok"); }));
  KeepingSink sink;
  Guarded<std::unique_ptr<Exchange>> exchange;
  Guarded<bool> over{false};
  std::atomic<bool> handed_over{false};
  auto started = client.start({.url = server.url("/")}, sink, [&](const Status&) {
    while (!handed_over) std::this_thread::yield();
    exchange.with([](auto& own) { own.reset(); });
    over.with([](bool& flag) { flag = true; });
  });
  exchange.with([&](auto& own) { own = std::move(started); });
  handed_over = true;
  over.wait({}, [](bool flag) { return flag; });
  EXPECT_EQ(sink.kept().body, "ok");
}

TEST_F(CurlExchanges, OutliveTheClientObject) {
  RawServer server(say_nothing);
  KeepingSink sink;
  Ending ending;
  auto short_lived = std::make_unique<CurlClient>(CurlOptions{.user_agent = "x"});
  auto exchange = short_lived->start({.url = server.url("/")}, sink, ending.done());
  server.wait_for_requests(1);
  short_lived.reset();
  exchange.reset();
  EXPECT_FALSE(ending.has_come());
}

TEST_F(CurlExchanges, EndAtTheTotalTimeout) {
  RawServer server([](RawServer::Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    while (connection.send(std::string(100, 'x'))) std::this_thread::sleep_for(Milliseconds{5});
  });
  const auto response = fetch(client, {.url = server.url("/"), .total_timeout = Milliseconds{300}}, body_limit, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_LT(since(start), promptly);
}

TEST_F(CurlExchanges, EndWhenTheServerStaysSilent) {
  RawServer server(say_nothing);
  const auto response = fetch(client, {.url = server.url("/"), .stall_timeout = Milliseconds{1000}}, body_limit, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_EQ(response.error().message, "127.0.0.1: no data for 1 s");
  EXPECT_GE(since(start), seconds{1});
  EXPECT_LT(since(start), seconds{3}) << "noticed when it is due";
}

TEST_F(CurlExchanges, EndWhenTheBodyStalls) {
  RawServer server(stall_midway);
  KeepingSink sink;
  Ending ending;
  const auto exchange =
      client.start({.url = server.url("/"), .stall_timeout = Milliseconds{1000}}, sink, ending.done());
  EXPECT_EQ(ending.wait().error().kind, ErrorKind::network);
  EXPECT_EQ(sink.kept().body, "abc");
  EXPECT_LT(since(start), seconds{3});
}

TEST_F(CurlExchanges, AreNotHeldForStalledWhileTheyWaitForAConnection) {
  RawServer server([](RawServer::Connection& connection) {
    while (!connection.read_request().empty()) {
      std::this_thread::sleep_for(Milliseconds{400});
      connection.send(http_answer("ok"));
    }
  });
  CurlClient narrow({.user_agent = "x", .connections_per_host = 1});
  std::vector<KeepingSink> sinks(3);
  std::vector<Ending> endings(3);
  std::vector<std::unique_ptr<Exchange>> exchanges;
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    Request request{.url = server.url("/"), .stall_timeout = Milliseconds{700}};
    exchanges.push_back(narrow.start(std::move(request), sinks[i], endings[i].done()));
  }
  for (Ending& ending : endings) EXPECT_TRUE(ending.wait());
}

TEST_F(CurlExchanges, StopWithTheirToken) {
  RawServer server(say_nothing);
  std::stop_source stop;
  const std::jthread person([&] {
    server.wait_for_requests(1);
    stop.request_stop();
  });
  const auto response = fetch(client, {.url = server.url("/")}, body_limit, stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
  EXPECT_LT(since(start), promptly);
}

TEST_F(CurlExchanges, ReuseTheConnection) {
  RawServer server(always([](std::string_view) { return http_answer("ok"); }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(fetch(client, {.url = server.url("/")}, body_limit, {}));
  EXPECT_EQ(server.requests().size(), 100U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(CurlExchanges, SurviveThatTheServerDropsIdleConnections) {
  RawServer server([](RawServer::Connection& connection) {
    connection.read_request();
    connection.send(http_answer("ok", "Connection: keep-alive\r\n"));
  });
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(fetch(client, {.url = server.url("/")}, body_limit, {})) << i;
}

TEST_F(CurlExchanges, OpenNoMoreConnectionsToAHostThanAllowed) {
  std::atomic<int> here{0};
  std::atomic<int> most{0};
  RawServer server([&](RawServer::Connection& connection) {
    while (!connection.read_request().empty()) {
      const int now = ++here;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
      std::this_thread::sleep_for(Milliseconds{5});
      --here;
      connection.send(http_answer("ok"));
    }
  });
  CurlClient narrow({.user_agent = "x", .connections_per_host = 2});
  std::vector<KeepingSink> sinks(12);
  std::vector<Ending> endings(12);
  std::vector<std::unique_ptr<Exchange>> exchanges;
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    exchanges.push_back(narrow.start({.url = server.url("/")}, sinks[i], endings[i].done()));
  }
  for (Ending& ending : endings) EXPECT_TRUE(ending.wait());
  EXPECT_LE(server.connections(), 2U);
  EXPECT_LE(most, 2);
}

TEST_F(CurlExchanges, RunForSeveralThreadsAtOnce) {
  constexpr int threads = 6;
  constexpr int each = 30;
  RawServer server(always([](std::string_view request) {
    return http_answer(std::string(request.substr(4, request.find(" HTTP") - 4)) + std::string(50'000, '.'));
  }));
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) {
          const std::string path = format("/{}/{}", t, i);
          const auto response = fetch(client, {.url = server.url(path)}, body_limit, {});
          if (response && response->body == path + std::string(50'000, '.')) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, threads * each);
}

TEST_F(CurlExchanges, CanBeCancelledByManyThreadsWhileOthersRun) {
  RawServer silent(say_nothing);
  RawServer server(always([](std::string_view) { return http_answer("ok"); }));
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> workers;
    for (int t = 0; t < 6; ++t) {
      workers.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          KeepingSink sink;
          const auto doomed = client.start({.url = silent.url("/")}, sink, [](const Status&) {});
          if (fetch(client, {.url = server.url("/")}, body_limit, {})) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 6 * 20);
}

}  // namespace
}  // namespace civitai::net
