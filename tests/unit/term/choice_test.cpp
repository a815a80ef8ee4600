#include "term/choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::term {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::size_t> chosen(std::string_view text, std::size_t count) {
  const auto rows = parse_choice(text, count);
  EXPECT_TRUE(rows) << rows.error().message;
  return rows.value_or(std::vector<std::size_t>{});
}

TEST(Choice, TakesNumbersRangesAndAll) {
  EXPECT_THAT(chosen("1,3,5", 5), ElementsAre(0, 2, 4));
  EXPECT_THAT(chosen("2-4", 5), ElementsAre(1, 2, 3));
  EXPECT_THAT(chosen(" 4 - 5 , 1 ", 5), ElementsAre(0, 3, 4));
  EXPECT_THAT(chosen("3-1", 5), ElementsAre(0, 1, 2));
  EXPECT_THAT(chosen("1,1-2,2", 5), ElementsAre(0, 1)) << "each once";
  EXPECT_THAT(chosen("ALL", 3), ElementsAre(0, 1, 2));
}

TEST(Choice, OfNoneIsNone) {
  for (const char* text : {"q", " Q ", "quit", "", "  "}) EXPECT_THAT(chosen(text, 3), IsEmpty());
}

TEST(Choice, SaysWhatIsNotOnTheList) {
  for (const char* text : {"0", "4", "1-4", "1,99999999999"}) {
    const auto rows = parse_choice(text, 3);
    ASSERT_FALSE(rows) << text;
    EXPECT_THAT(rows.error().message, HasSubstr("from 1 to 3"));
  }
  for (const char* text : {"one", "1,,2", "1-", "-1", "1-2-3", "99999999999999999999"}) {
    EXPECT_FALSE(parse_choice(text, 3)) << text;
  }
}

}  // namespace
}  // namespace civitai::term
