#include "net/bandwidth.hpp"

#include "net/curl_client.hpp"
#include "support/raw_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <thread>

namespace civitai::net {
namespace {

using test::always;
using test::http_answer;
using test::RawServer;

constexpr SteadyTime start{};
constexpr ByteCount rate{100'000};

TEST(Budget, HoldsNobodyUpWithoutARate) {
  BandwidthBudget budget;
  budget.pay(ByteCount{1UL << 40}, start);
  EXPECT_EQ(budget.pause(start).count(), 0);
}

TEST(Budget, LetsWhoeverReceivesPayAfterwards) {
  BandwidthBudget budget;
  budget.set_rate(rate, start);
  EXPECT_EQ(budget.pause(start).count(), 0);
  budget.pay(ByteCount{50'000}, start);
  EXPECT_EQ(budget.pause(start), Milliseconds{500});
  EXPECT_EQ(budget.pause(start + Milliseconds{200}), Milliseconds{300});
  EXPECT_EQ(budget.pause(start + Milliseconds{500}).count(), 0);
}

TEST(Budget, SavesUpForATenthOfASecondOnly) {
  BandwidthBudget budget;
  budget.set_rate(rate, start);
  const SteadyTime later = start + std::chrono::hours{1};
  budget.pay(ByteCount{20'000}, later);
  EXPECT_EQ(budget.pause(later), Milliseconds{100});
}

TEST(Budget, ForgetsItsDebtWhenTheRateChanges) {
  BandwidthBudget budget;
  budget.set_rate(ByteCount{1'000}, start);
  budget.pay(ByteCount{1'000'000}, start);
  budget.set_rate(rate, start);
  EXPECT_EQ(budget.pause(start).count(), 0);
  budget.pay(ByteCount{1'000'000}, start);
  budget.set_rate(std::nullopt, start);
  EXPECT_EQ(budget.pause(start).count(), 0);
}

class CurlRate : public ::testing::Test {
 protected:
  CurlRate() { ::setenv("no_proxy", "127.0.0.1", 1); }

  [[nodiscard]] CurlClient client() {
    return CurlClient({.user_agent = "test", .rate = [this] {
                         const auto now = rate_now.load();
                         return now == 0 ? std::nullopt : std::optional(ByteCount{now});
                       }});
  }

  // How long it takes to receive the body so many times, all at once.
  Milliseconds time_for(HttpClient& client, int times, Milliseconds deadline = Milliseconds{0}) const {
    const auto begun = std::chrono::steady_clock::now();
    {
      std::vector<std::jthread> askers;
      for (int i = 0; i < times; ++i) {
        askers.emplace_back([&] {
          Request request{.url = server.url("/file")};
          request.stall_timeout = Milliseconds{300};  // a pause is no silence of the server
          request.total_timeout = deadline;
          const auto response = fetch(client, std::move(request), 8UL << 20, {});
          ASSERT_TRUE(response) << response.error().message;
          EXPECT_EQ(response->body.size(), size);
        });
      }
    }
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begun);
  }

  static constexpr std::size_t size = 400'000;
  std::atomic<std::uint64_t> rate_now{1'000'000};
  RawServer server{always([](std::string_view) { return http_answer(std::string(size, 'x')); })};
};

TEST_F(CurlRate, HoldsForAllExchangesTogether) {
  CurlClient limited = client();
  const Milliseconds taken = time_for(limited, 3);
  EXPECT_GE(taken, Milliseconds{900}) << "1.2 MB at 1 MB/s";
  EXPECT_LE(taken, Milliseconds{2'500});
}

TEST_F(CurlRate, TakesNoTimeOfTheProcessor) {
  CurlClient limited = client();
  const std::clock_t before = std::clock();
  static_cast<void>(time_for(limited, 3));
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 0.5);
}

TEST_F(CurlRate, MayChangeWhileBytesArrive) {
  rate_now = 20'000;
  CurlClient limited = client();
  std::jthread clock([this] {
    server.wait_for_requests(1);
    rate_now = 0;
  });
  EXPECT_LT(time_for(limited, 1), Milliseconds{10'000}) << "20 s at the first rate";
}

TEST_F(CurlRate, DoesNotHoldUpWhatHasATimeLimit) {
  rate_now = 20'000;
  CurlClient limited = client();
  EXPECT_LT(time_for(limited, 1, Milliseconds{5'000}), Milliseconds{5'000});
}

TEST_F(CurlRate, DoesNotKeepAnybodyFromCancelling) {
  rate_now = 2'000;
  CurlClient limited = client();
  std::stop_source stop;
  std::jthread person([&] {
    server.wait_for_requests(1);
    stop.request_stop();
  });
  const auto response = fetch(limited, {.url = server.url("/file")}, 8UL << 20, stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace civitai::net
