#include "base/rate_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

std::optional<ByteCount> rate_of(std::string_view text, minutes at) {
  const auto schedule = parse_rate_schedule(text);
  EXPECT_TRUE(schedule) << text;
  return schedule ? rate_at(*schedule, at) : std::nullopt;
}

TEST(RateSchedule, MayBeOneRate) {
  EXPECT_EQ(rate_of("5M", hours{3}), mebibytes(5));
  EXPECT_EQ(rate_of(" 500k ", hours{3}), ByteCount{500 * 1024});
  EXPECT_EQ(rate_of("1.5MiB", hours{3}), ByteCount{1536 * 1024});
}

TEST(RateSchedule, MayBeNone) {
  for (const std::string_view text : {"", "off", "OFF", "0"}) EXPECT_EQ(rate_of(text, hours{3}), std::nullopt);
}

TEST(RateSchedule, FollowsTheTimeOfDay) {
  constexpr std::string_view text = "08:00,2M 23:00,off";
  EXPECT_EQ(rate_of(text, hours{0}), std::nullopt) << "that of the evening before";
  EXPECT_EQ(rate_of(text, hours{8} - minutes{1}), std::nullopt);
  EXPECT_EQ(rate_of(text, hours{8}), mebibytes(2));
  EXPECT_EQ(rate_of(text, hours{23} - minutes{1}), mebibytes(2));
  EXPECT_EQ(rate_of(text, hours{23}), std::nullopt);
}

TEST(RateSchedule, MayBeWrittenInAnyOrder) {
  EXPECT_EQ(parse_rate_schedule("23:00,off  8:00,2M"), parse_rate_schedule("08:00,2M 23:00,off"));
}

TEST(RateSchedule, IsRefusedWithTheFormsThatItMayHave) {
  for (const std::string_view text : {"fast", "5", "-5M", "5M 6M", "08:00", "24:00,5M", "08:60,5M", "8,5M", "08:00,",
                                      ",5M", "5M 08:00,2M", "08:00,2M 5M", "08:00,fast", "5M/s"}) {
    const auto schedule = parse_rate_schedule(text);
    ASSERT_FALSE(schedule) << text;
    EXPECT_EQ(schedule.error().kind, ErrorKind::usage);
    EXPECT_THAT(schedule.error().hint, HasSubstr("5M"));
    EXPECT_THAT(schedule.error().hint, HasSubstr("08:00,2M 23:00,off"));
  }
}

}  // namespace
}  // namespace civitai
