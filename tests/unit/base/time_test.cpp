#include "base/time.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace civitai {
namespace {

using namespace std::chrono_literals;

TEST(ParseIso8601, ReadsWhatTheSiteWrites) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"2026-06-02T09:00:00.331Z", "2026-06-02T09:00:00.331Z"},
      {"2026-06-02T09:00:00Z", "2026-06-02T09:00:00.000Z"},
      {"2026-06-02T09:00:00z", "2026-06-02T09:00:00.000Z"},
      {"2026-06-02T09:00:00", "2026-06-02T09:00:00.000Z"},
      {"2026-06-02T09:00", "2026-06-02T09:00:00.000Z"},
      {"2026-06-02 09:00:00", "2026-06-02T09:00:00.000Z"},
      {"2026-06-02", "2026-06-02T00:00:00.000Z"},
      {" 2026-06-02 ", "2026-06-02T00:00:00.000Z"},
      {"2026-06-02T09:00:00.3Z", "2026-06-02T09:00:00.300Z"},
      {"2026-06-02T09:00:00.123456789Z", "2026-06-02T09:00:00.123Z"},
      {"2026-06-02T09:00:00.9999Z", "2026-06-02T09:00:00.999Z"},
      {"2026-06-02T09:00:00+02:00", "2026-06-02T07:00:00.000Z"},
      {"2026-06-02T09:00:00-0530", "2026-06-02T14:30:00.000Z"},
      {"2026-06-02T09:00:00+02", "2026-06-02T07:00:00.000Z"},
      {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"},
      {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z"},
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"2026-06-02T24:00:00Z", "2026-06-03T00:00:00.000Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"},
  };
  for (const auto& [text, normal] : rows) {
    const auto time = parse_iso8601(text);
    ASSERT_TRUE(time) << "text: " << text;
    EXPECT_EQ(to_iso8601(*time), normal) << "text: " << text;
  }
}

TEST(ParseIso8601, RefusesWhatIsNoTime) {
  for (const std::string_view text : {"",
                                      "null",
                                      "2026",
                                      "2026-06",
                                      "26-06-02",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-06-31",
                                      "2025-02-29",
                                      "2026-6-2",
                                      "2026/06/02",
                                      "2026-06-02T",
                                      "2026-06-02T9:00:00Z",
                                      "2026-06-02T09",
                                      "2026-06-02T25:00:00Z",
                                      "2026-06-02T09:60:00Z",
                                      "2026-06-02T09:00:61Z",
                                      "2026-06-02T09:00:00X",
                                      "2026-06-02T09:00:00Zulu",
                                      "2026-06-02T09:00:00+",
                                      "2026-06-02T09:00:00+2",
                                      "2026-06-02T09:00:00+02:0",
                                      "2026-06-02T09:00:00+02:00Z",
                                      "+026-06-02",
                                      "-026-06-02",
                                      "2026--6-02",
                                      "1780390800",
                                      "2026-06-02X09:00:00"}) {
    EXPECT_FALSE(parse_iso8601(text)) << "text: " << text;
  }
}

TEST(ParseIso8601, GivesThePointInTime) {
  EXPECT_EQ(parse_iso8601("1970-01-02T00:00:01.5Z"), SystemTime{86401500ms});
  EXPECT_EQ(parse_iso8601("2000-03-01"), SystemTime{std::chrono::seconds{951868800}});
}

TEST(DurationText, HasTwoUnitsAtMost) {
  const std::pair<std::chrono::seconds, std::string_view> rows[] = {
      {0s, "0s"},        {8s, "8s"},       {59s, "59s"},       {60s, "1m00s"},     {185s, "3m05s"},
      {3599s, "59m59s"}, {3600s, "1h00m"}, {7639s, "2h07m"},   {86399s, "23h59m"}, {86400s, "1d00h"},
      {99h, "4d03h"},    {-5s, "0s"},      {2400h, "100d00h"},
  };
  for (const auto& [duration, text] : rows) EXPECT_EQ(to_text(duration), text);
}

TEST(ParseDuration, ReadsUnitsAndNothingElse) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("30d"), 720h);
  EXPECT_EQ(parse_duration("1w1d12h5m"), 204h + 5min);
  for (const std::string_view text : {"", "5", "d", "5y", "5 d", "-5d", "1.5h", "5d ", "99999999999999999999d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace civitai
