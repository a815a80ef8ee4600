#include "store/gzip.hpp"

#include <gmock/gmock.h>

#include <cstdint>

namespace civitai::store {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t plenty = std::size_t{1} << 30U;

// Bytes that hardly compress.
std::string noise(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24U);
  }
  return bytes;
}

void expect_refused(std::string_view gzip, std::string_view why) {
  const auto text = decompress(gzip, plenty);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().kind, ErrorKind::io);
  EXPECT_THAT(text.error().message, HasSubstr(why));
}

TEST(Gzip, GivesBackWhatItTook) {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("nul\0inside", 10), noise(300'000), std::string(5'000'000, 'x')}) {
    EXPECT_EQ(decompress(compress(text), plenty), text);
  }
}

TEST(Gzip, IsReadableByOthers) {
  const std::string gzip = compress("{}");
  EXPECT_EQ(gzip.substr(0, 3), "\x1f\x8b\x08");
}

TEST(Gzip, MakesDocumentsSmaller) {
  std::string json;
  for (int i = 0; i < 1000; ++i) json += R"({"name":"SHA256","type":"Model"},)";
  EXPECT_LT(compress(json).size(), json.size() / 20);
}

TEST(Gzip, StopsAtTheLimit) {
  const std::string gzip = compress(std::string(1000, 'x'));
  EXPECT_TRUE(decompress(gzip, 1000).has_value());
  const auto over = decompress(gzip, 999);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().kind, ErrorKind::io);
  EXPECT_THAT(over.error().message, HasSubstr("999 bytes"));
  EXPECT_FALSE(decompress(gzip, 0).has_value());
  EXPECT_TRUE(decompress(compress(""), 0).has_value());
  EXPECT_TRUE(decompress(gzip, SIZE_MAX).has_value());
}

TEST(Gzip, RefusesDamage) {
  const std::string gzip = compress(noise(1000));
  expect_refused("", "too early");
  expect_refused("plain text", "damaged");
  expect_refused(gzip.substr(0, gzip.size() - 1), "too early");
  expect_refused(gzip + "x", "follow");
  for (const std::size_t at : {std::size_t{0}, gzip.size() / 2, gzip.size() - 6}) {
    std::string broken = gzip;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    expect_refused(broken, "damaged");
  }
}

TEST(Gzip, KeepsNoMoreMemoryThanItNeeds) {
  const std::string packed = compress("a short text");
  EXPECT_LT(packed.capacity(), 200U);
}

}  // namespace
}  // namespace civitai::store
