#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace civitai {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LetterCase, ConcernsAsciiLettersOnly) {
  EXPECT_EQ(to_lower("AZaz09@[`{ÉÀ"), "azaz09@[`{ÉÀ");
  EXPECT_EQ(to_upper("AZaz09@[`{éà"), "AZAZ09@[`{éà");
  EXPECT_EQ(to_lower(""), "");
}

TEST(Trim, RemovesAsciiBlanksAtBothEnds) {
  EXPECT_EQ(trim(" \t\r\n\v\fa b \n"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\u00A0a"), "\u00A0a");
}

TEST(EqualIgnoringCase, ComparesWholeTexts) {
  EXPECT_TRUE(equal_ignoring_case("SafeTensor", "safetensor"));
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_FALSE(equal_ignoring_case("SafeTensor", "SafeTensors"));
  EXPECT_FALSE(equal_ignoring_case("a", ""));
  EXPECT_FALSE(equal_ignoring_case("É", "é"));
}

TEST(ContainsIgnoringCase, FindsAPartAnywhere) {
  EXPECT_TRUE(contains_ignoring_case("SDXL Lightning", "lightNING"));
  EXPECT_TRUE(contains_ignoring_case("abc", ""));
  EXPECT_TRUE(contains_ignoring_case("", ""));
  EXPECT_FALSE(contains_ignoring_case("", "a"));
  EXPECT_FALSE(contains_ignoring_case("SDXL", "SDXL 1.0"));
}

TEST(ReplaceAll, GoesOnceFromLeftToRight) {
  EXPECT_EQ(replace_all("a-b-c", "-", "+"), "a+b+c");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("aa", "a", "aa"), "aaaa");
  EXPECT_EQ(replace_all("abab", "ab", ""), "");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(replace_all("", "a", "x"), "");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,b,c", ','), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split(",a,,", ','), ElementsAre("", "a", "", ""));
  EXPECT_THAT(split("abc", ','), ElementsAre("abc"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(ParseInteger, ReadsWholeDecimalNumbers) {
  const std::pair<std::string_view, std::optional<std::int64_t>> rows[] = {
      {"0", 0},
      {"42", 42},
      {"+42", 42},
      {"-42", -42},
      {"007", 7},
      {"9223372036854775807", 9223372036854775807},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"9223372036854775808", std::nullopt},
      {"", std::nullopt},
      {"+", std::nullopt},
      {"-", std::nullopt},
      {"+-42", std::nullopt},
      {"++42", std::nullopt},
      {"--42", std::nullopt},
      {" 42", std::nullopt},
      {"42 ", std::nullopt},
      {"4.2", std::nullopt},
      {"0x2A", std::nullopt},
      {"4e2", std::nullopt},
      {"forty", std::nullopt},
  };
  for (const auto& [text, number] : rows) EXPECT_EQ(parse_integer(text), number) << "text: " << text;
}

TEST(ParseDouble, ReadsFiniteNumbersOnly) {
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("-0.25"), -0.25);
  EXPECT_EQ(parse_double("2e3"), 2000.0);
  EXPECT_EQ(parse_double("7"), 7.0);
  for (const std::string_view text :
       {"", ".", "1.5x", " 1.5", "1,5", "1.5.5", "nan", "inf", "-inf", "infinity", "1e999"}) {
    EXPECT_FALSE(parse_double(text)) << "text: " << text;
  }
}

TEST(Hex, IsWrittenInLowerCase) {
  constexpr std::array bytes = {std::byte{0x00}, std::byte{0x0F}, std::byte{0xA5}, std::byte{0xFF}};
  EXPECT_EQ(to_hex(bytes), "000fa5ff");
  EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, IsRecognisedInEitherCase) {
  EXPECT_TRUE(is_hex("0123456789abcdefABCDEF"));
  EXPECT_FALSE(is_hex(""));
  EXPECT_FALSE(is_hex("abcg"));
  EXPECT_FALSE(is_hex("0x12"));
  EXPECT_FALSE(is_hex("ab cd"));
}

struct Utf8Row {
  std::string_view what;
  std::string_view text;
  std::string_view repaired;
};

constexpr Utf8Row valid_rows[] = {
    {"empty", "", ""},
    {"ASCII with NUL", "a\0b"sv, "a\0b"sv},
    {"first and last of two bytes", "\xC2\x80\xDF\xBF", "\xC2\x80\xDF\xBF"},
    {"first and last of three bytes", "\xE0\xA0\x80\xEF\xBF\xBF", "\xE0\xA0\x80\xEF\xBF\xBF"},
    {"around the surrogates", "\xED\x9F\xBF\xEE\x80\x80", "\xED\x9F\xBF\xEE\x80\x80"},
    {"first and last of four bytes", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
};

constexpr Utf8Row invalid_rows[] = {
    {"lone continuation", "a\x80z", "a\uFFFDz"},
    {"lone lead", "\xC3", "\uFFFD"},
    {"cut three bytes", "\xE6\xB0z", "\uFFFD\uFFFDz"},
    {"cut four bytes", "\xF0\x9F\x94", "\uFFFD\uFFFD\uFFFD"},
    {"overlong slash, two bytes", "\xC0\xAF", "\uFFFD\uFFFD"},
    {"overlong slash, three bytes", "\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},
    {"overlong slash, four bytes", "\xF0\x80\x80\xAF", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"surrogate", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
    {"beyond the last code point", "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"bytes that never occur", "\xF5\xFE\xFF", "\uFFFD\uFFFD\uFFFD"},
    {"lead before a lead", "\xC3\xC3\xA9", "\uFFFD\xC3\xA9"},
    {"Latin-1 word", "caf\xE9 au lait", "caf\uFFFD au lait"},
};

TEST(Utf8, AcceptsWhatTheStandardAllows) {
  for (const Utf8Row& row : valid_rows) {
    EXPECT_TRUE(is_valid_utf8(row.text)) << row.what;
    EXPECT_EQ(to_valid_utf8(row.text), row.repaired) << row.what;
  }
}

TEST(Utf8, RepairsWhatItForbids) {
  for (const Utf8Row& row : invalid_rows) {
    EXPECT_FALSE(is_valid_utf8(row.text)) << row.what;
    EXPECT_EQ(to_valid_utf8(row.text), row.repaired) << row.what;
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(row.text))) << row.what;
  }
}

TEST(Utf8Prefix, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("abc", 5), "abc");
  EXPECT_EQ(utf8_prefix("abc", 3), "abc");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
  EXPECT_EQ(utf8_prefix("abc", 0), "");
  EXPECT_EQ(utf8_prefix("aéz", 2), "a");
  EXPECT_EQ(utf8_prefix("aéz", 3), "aé");
  EXPECT_EQ(utf8_prefix("🔥🔥", 7), "🔥");
  EXPECT_EQ(utf8_prefix("🔥🔥", 3), "");
  EXPECT_EQ(utf8_prefix("", 0), "");
}

TEST(Printable, LeavesNothingThatMovesTheCursorOrTheReader) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"plain text, 水墨画 🔥", "plain text, 水墨画 🔥"},
      {"a\nb\tc\rd", "a b c d"},
      {"\x1B[31mred\x1B[0m", "?[31mred?[0m"},
      {"bell\a back\b nul\0 del\x7F"sv, "bell? back? nul? del?"},
      {"C1 \u009B31m \u0085", "C1 ?31m ?"},
      {"\u2028 \u2029", "? ?"},
      {"\u202E \u2066 \u2069 \u200E \u200F \u061C", "? ? ? ? ? ?"},
      {"\uFEFFbom", "?bom"},
      {"bad \xFF utf8", "bad \uFFFD utf8"},
      {"", ""},
  };
  for (const auto& [text, shown] : rows) EXPECT_EQ(printable(text), shown);
}

constexpr std::string_view words[] = {"Most Downloaded", "Highest Rated", "Newest", "Oldest", "SDXL 1.0", "SD 1.5"};

TEST(Nearest, PutsTheLikeliestFirst) {
  EXPECT_THAT(nearest("newst", words, 3), ElementsAre("Newest"));
  EXPECT_THAT(nearest("NEWEST", words, 3), ElementsAre("Newest", "Oldest"));
  EXPECT_THAT(nearest("downloaded", words, 3), ElementsAre("Most Downloaded"));
  EXPECT_THAT(nearest("SD1.5", words, 1), ElementsAre("SD 1.5"));
}

TEST(Nearest, GivesAtMostWhatIsAskedFor) {
  constexpr std::string_view close[] = {"aaa1", "aaa2", "aaa3"};
  EXPECT_EQ(nearest("aaa0", close, 2).size(), 2U);
  EXPECT_THAT(nearest("aaa0", close, 0), IsEmpty());
}

TEST(Nearest, SaysNothingWhereNothingIsLikely) {
  EXPECT_THAT(nearest("zzzzzzzz", words, 3), IsEmpty());
  EXPECT_THAT(nearest("", words, 3), IsEmpty());
  EXPECT_THAT(nearest("word", {}, 3), IsEmpty());
}

}  // namespace
}  // namespace civitai
