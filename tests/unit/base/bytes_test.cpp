#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

namespace civitai {
namespace {

TEST(ByteCountArithmetic, NeverGoesBelowZero) {
  EXPECT_EQ(ByteCount{5} + ByteCount{3}, ByteCount{8});
  EXPECT_EQ(ByteCount{5} - ByteCount{3}, ByteCount{2});
  EXPECT_EQ(ByteCount{3} - ByteCount{5}, ByteCount{0});
  ByteCount sum{1};
  sum += ByteCount{2};
  EXPECT_EQ(sum, ByteCount{3});
  EXPECT_LT(ByteCount{1}, ByteCount{2});
}

TEST(ByteCountUnits, AreBinary) {
  EXPECT_EQ(kibibytes(1).value, 1024U);
  EXPECT_EQ(mebibytes(1).value, 1024U * 1024);
  EXPECT_EQ(gibibytes(4).value, 4'294'967'296U);
}

TEST(ByteCountText, HasOneDecimalFromKiBOn) {
  const std::pair<std::uint64_t, std::string_view> rows[] = {
      {0, "0 B"},
      {999, "999 B"},
      {1023, "1023 B"},
      {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},
      {1024 * 1024 - 1, "1.0 MiB"},
      {1024 * 1024, "1.0 MiB"},
      {6'979'321'856, "6.5 GiB"},
      {std::uint64_t{1} << 40, "1.0 TiB"},
      {std::uint64_t{1} << 50, "1.0 PiB"},
      {std::numeric_limits<std::uint64_t>::max(), "16.0 EiB"},
  };
  for (const auto& [bytes, text] : rows) EXPECT_EQ(to_text(ByteCount{bytes}), text);
}

TEST(ByteCountText, NeverShows1024OfAUnit) {
  for (std::uint64_t bytes = 1'048'000; bytes < 1'049'000; ++bytes) {
    EXPECT_NE(to_text(ByteCount{bytes}), "1024.0 KiB") << bytes;
  }
}

TEST(ParseBytes, ReadsNumbersWithUnits) {
  const std::pair<std::string_view, std::uint64_t> rows[] = {
      {"0", 0},
      {"4096", 4096},
      {"4096B", 4096},
      {"5K", 5120},
      {"5k", 5120},
      {"5kb", 5120},
      {"5KiB", 5120},
      {"5M", 5'242'880},
      {"5MiB", 5'242'880},
      {"1.5g", 1'610'612'736},
      {"0.5K", 512},
      {" 2 T ", std::uint64_t{2} << 40},
      {"1P", std::uint64_t{1} << 50},
      {"7E", std::uint64_t{7} << 60},
      {".5K", 512},
      {"5.K", 5120},
  };
  for (const auto& [text, bytes] : rows) {
    const auto parsed = parse_bytes(text);
    ASSERT_TRUE(parsed) << "text: " << text;
    EXPECT_EQ(parsed->value, bytes) << "text: " << text;
  }
}

TEST(ParseBytes, RefusesAnythingElse) {
  for (const std::string_view text : {"", " ", "K", "-5", "+5", "5X", "5KK", "5 K B", "5ibs", "1.5.5G", ".", "five",
                                      "1e3", "0x10", "8E", "99999E", "nan"}) {
    const auto parsed = parse_bytes(text);
    ASSERT_FALSE(parsed) << "text: " << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
  }
}

TEST(ParseBytes, ReadsBackWhatItWrites) {
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1023}, std::uint64_t{1536}, std::uint64_t{1} << 33}) {
    EXPECT_EQ(parse_bytes(to_text(ByteCount{bytes})).value().value, bytes);
  }
}

}  // namespace
}  // namespace civitai
