#include "net/retry.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace civitai::net {
namespace {

using std::chrono::seconds;

const SystemTime noon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2} + std::chrono::hours{12}};

TEST(TransientStatus, IsOneThatMayPass) {
  const std::set<int> transient = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524};
  for (int status = 0; status < 700; ++status) {
    EXPECT_EQ(is_transient_status(status), transient.contains(status)) << status;
  }
}

struct WrittenDelay {
  std::string_view value;
  std::optional<Milliseconds> delay;
};

TEST(RetryAfter, IsReadAsSecondsOrAsADate) {
  const std::vector<WrittenDelay> rows = {
      {"2", seconds{2}},
      {" 37 ", seconds{37}},
      {"0", seconds{0}},
      {"-5", seconds{0}},
      {"120", seconds{120}},
      {"31536000", seconds{31'536'000}},
      {"99999999999", seconds{31'536'000}},
      {"Tue, 02 Jun 2026 12:00:30 GMT", seconds{30}},
      {"Tuesday, 02-Jun-26 12:00:30 GMT", seconds{30}},
      {"Tue Jun  2 12:00:30 2026", seconds{30}},
      {"Tue, 02 Jun 2026 11:59:00 GMT", seconds{0}},
      {"Sun, 06 Nov 1994 08:49:37 GMT", seconds{0}},
      {"", std::nullopt},
      {"soon", std::nullopt},
      {"2 seconds", std::nullopt},
      {"99999999999999999999999", std::nullopt},
      {"0x10", std::nullopt},
  };
  for (const WrittenDelay& row : rows) EXPECT_EQ(parse_retry_after(row.value, noon), row.delay) << row.value;
}

TEST(RetryAfter, IsNeverLongerThanAYear) {
  for (const std::string_view value : {"9223372036854775807", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    const auto delay = parse_retry_after(value, noon);
    ASSERT_TRUE(delay) << value;
    EXPECT_LE(*delay, seconds{366L * 24 * 3600}) << value;
  }
}

TEST(RetryDelay, LiesBetweenHalfAndTheWholeOfADoublingDelay) {
  const RetryRules rules{.tries = 100, .first_delay = Milliseconds{1000}, .longest_delay = Milliseconds{30'000}};
  std::mt19937 generator(7);
  std::uniform_real_distribution<double> distribution(0, 1);
  for (int attempt = 1; attempt < 100; ++attempt) {
    const std::int64_t full = std::min<std::int64_t>(30'000, 1000LL << std::min(attempt - 1, 20));
    for (int i = 0; i < 50; ++i) {
      const auto delay = retry_delay(rules, {attempt, {}}, distribution(generator));
      ASSERT_TRUE(delay);
      EXPECT_GE(delay->count(), full / 2) << attempt;
      EXPECT_LE(delay->count(), full) << attempt;
    }
  }
}

TEST(RetryDelay, SpreadsWithTheRandomness) {
  const RetryRules rules;
  EXPECT_EQ(retry_delay(rules, {1, {}}, 0.0), Milliseconds{500});
  EXPECT_EQ(retry_delay(rules, {1, {}}, 0.5), Milliseconds{750});
  EXPECT_EQ(retry_delay(rules, {3, {}}, 0.0), Milliseconds{2000});
}

TEST(RetryDelay, NeverUndercutsWhatTheServerAskedFor) {
  const RetryRules rules;
  std::mt19937 generator(7);
  std::uniform_real_distribution<double> distribution(0, 1);
  for (const Milliseconds wished :
       {Milliseconds{1000}, Milliseconds{2000}, Milliseconds{37'000}, Milliseconds{299'999}}) {
    for (int i = 0; i < 50; ++i) {
      const auto delay = retry_delay(rules, {1, wished}, distribution(generator));
      ASSERT_TRUE(delay);
      EXPECT_GE(*delay, wished);
      EXPECT_LE(*delay, wished + wished / 10);
    }
  }
}

TEST(RetryDelay, IsNotZeroBecauseTheServerAsksForZero) {
  const RetryRules rules;
  for (const Milliseconds wished : {Milliseconds{0}, Milliseconds{1}}) {
    EXPECT_EQ(retry_delay(rules, {1, wished}, 0.0), Milliseconds{500});
    EXPECT_EQ(retry_delay(rules, {3, wished}, 0.5), Milliseconds{750});
  }
}

TEST(RetryDelay, CutsAWishThatIsTooLong) {
  const RetryRules rules;
  const auto delay = retry_delay(rules, {1, Milliseconds{std::chrono::hours{24 * 365}}}, 0.999);
  ASSERT_TRUE(delay);
  EXPECT_GE(*delay, rules.longest_retry_after);
  EXPECT_LE(*delay, rules.longest_retry_after + rules.longest_retry_after / 10);
}

TEST(RetryDelay, EndsWithTheTries) {
  const RetryRules rules{.tries = 3};
  EXPECT_TRUE(retry_delay(rules, {1, {}}, 0));
  EXPECT_TRUE(retry_delay(rules, {2, {}}, 0));
  EXPECT_FALSE(retry_delay(rules, {3, {}}, 0));
  EXPECT_FALSE(retry_delay(rules, {3, Milliseconds{5}}, 0));
  EXPECT_FALSE(retry_delay(rules, {4, {}}, 0));
  EXPECT_FALSE(retry_delay({.tries = 1}, {1, {}}, 0));
}

TEST(QuotaDelay, DoublesAndIsNeverUndercut) {
  const RetryRules rules;
  EXPECT_EQ(quota_delay(rules, 1, 0), std::chrono::minutes{2});
  EXPECT_EQ(quota_delay(rules, 2, 0), std::chrono::minutes{4});
  EXPECT_EQ(quota_delay(rules, 3, 0.5), std::chrono::seconds{8 * 60 + 24});
}

}  // namespace
}  // namespace civitai::net
