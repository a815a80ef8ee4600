#include "hash/hasher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace civitai::hash {
namespace {

constexpr std::size_t mebibyte = 1 << 20;
constexpr std::string_view empty_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

Digests digests_of(std::string_view content, Kinds kinds = Kinds::all) {
  Hasher hasher(kinds);
  hasher.update(bytes_of(content));
  return hasher.finish();
}

// Content without a period that a wrong offset could hide behind.
std::string noise(std::size_t length) {
  std::string content(length, '\0');
  std::uint32_t state = 12345;
  for (char& c : content) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return content;
}

// A safetensors layout whose header claims `claimed` bytes.
std::string safetensors(std::uint64_t claimed, std::string_view rest) {
  std::string content;
  for (int i = 0; i < 8; ++i) content += static_cast<char>(claimed >> (8 * i) & 0xFF);
  return content.append(rest);
}

void expect_same(const Digests& a, const Digests& b) {
  EXPECT_EQ(a.sha256, b.sha256);
  EXPECT_EQ(a.blake3, b.blake3);
  EXPECT_EQ(a.crc32, b.crc32);
  EXPECT_EQ(a.autov1, b.autov1);
  EXPECT_EQ(a.autov3, b.autov3);
  EXPECT_EQ(a.length, b.length);
}

TEST(Hasher, MatchesThePublishedVectorsForHelloWorld) {
  const Digests digests = digests_of("hello world");
  EXPECT_EQ(digests.sha256, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
  EXPECT_EQ(digests.sha256.substr(0, 10), "b94d27b993");
  EXPECT_EQ(digests.blake3, "d74981efa70a0c880b8d8c1985d075dbcbf679b99a5f9914e5aaf96b831a9e24");
  EXPECT_EQ(digests.crc32, "85114a0d");
  EXPECT_EQ(digests.autov1, "");
  EXPECT_EQ(digests.length, 11U);
}

TEST(Hasher, HashesEmptyContent) {
  const Digests digests = digests_of("");
  EXPECT_EQ(digests.sha256, empty_sha256);
  EXPECT_EQ(digests.blake3, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
  EXPECT_EQ(digests.crc32, "00000000");
  EXPECT_EQ(digests.autov1, "");
  EXPECT_EQ(digests.autov3, "");
  EXPECT_EQ(digests.length, 0U);
}

TEST(Hasher, NeedsNoUpdateForEmptyContent) {
  Hasher hasher(Kinds::all);
  expect_same(hasher.finish(), digests_of(""));
}

TEST(Hasher, ComputesOnlyWhatIsAskedFor) {
  const std::string content = noise(2 * mebibyte);
  const Digests all = digests_of(content);
  EXPECT_EQ(digests_of(content, Kinds::none).length, content.size());

  const Digests one = digests_of(content, Kinds::blake3);
  EXPECT_EQ(one.blake3, all.blake3);
  EXPECT_TRUE(one.sha256.empty() && one.crc32.empty() && one.autov1.empty() && one.autov3.empty());

  const Digests two = digests_of(content, Kinds::crc32 | Kinds::autov1);
  EXPECT_EQ(two.crc32, all.crc32);
  EXPECT_EQ(two.autov1, all.autov1);
  EXPECT_TRUE(two.sha256.empty() && two.blake3.empty() && two.autov3.empty());
}

TEST(Hasher, GivesTheSameDigestsWhateverTheChunks) {
  const std::string content = safetensors(70'000, noise(2 * mebibyte + 12'345));
  const Digests whole = digests_of(content);
  ASSERT_FALSE(whole.autov1.empty());
  ASSERT_FALSE(whole.autov3.empty());
  for (const std::size_t chunk : {std::size_t{7}, std::size_t{1000}, std::size_t{65'536}, mebibyte - 1, mebibyte + 1}) {
    Hasher hasher(Kinds::all);
    for (std::size_t at = 0; at < content.size(); at += chunk) {
      hasher.update(bytes_of(std::string_view(content).substr(at, chunk)));
    }
    SCOPED_TRACE(chunk);
    expect_same(hasher.finish(), whole);
  }
}

TEST(Hasher, TakesSingleBytesAndEmptyChunks) {
  const std::string content = safetensors(3, "{} weights");
  Hasher hasher(Kinds::all);
  for (const char& c : content) {
    hasher.update({});
    hasher.update(bytes_of({&c, 1}));
  }
  expect_same(hasher.finish(), digests_of(content));
}

TEST(Hasher, KeepsItsStateWhenMoved) {
  Hasher first(Kinds::all);
  first.update(bytes_of("hello "));
  Hasher second = std::move(first);
  second.update(bytes_of("world"));
  Hasher third(Kinds::none);
  third = std::move(second);
  expect_same(third.finish(), digests_of("hello world"));
}

TEST(AutoV1, IsUndefinedBelowTwoMebibytes) {
  EXPECT_EQ(digests_of(noise(2 * mebibyte - 1)).autov1, "");
  EXPECT_EQ(digests_of(noise(2 * mebibyte)).autov1.size(), 8U);
}

TEST(AutoV1, HashesThe64KibibytesAtOneMebibyte) {
  const std::string content = noise(2 * mebibyte);
  const std::string expected = digests_of(content.substr(mebibyte, 65'536)).sha256.substr(0, 8);
  EXPECT_EQ(digests_of(content).autov1, expected);
}

TEST(AutoV1, SeesTheWindowAndNothingElse) {
  const std::string content = noise(2 * mebibyte);
  const std::string expected = digests_of(content).autov1;
  const auto changed_at = [&](std::size_t at) {
    std::string other = content;
    other[at] = static_cast<char>(other[at] ^ 1);
    return digests_of(other).autov1;
  };
  EXPECT_EQ(changed_at(mebibyte - 1), expected);
  EXPECT_NE(changed_at(mebibyte), expected);
  EXPECT_NE(changed_at(mebibyte + 65'535), expected);
  EXPECT_EQ(changed_at(mebibyte + 65'536), expected);
}

struct AutoV3Case {
  std::string_view what;
  std::string content;
  std::string hashed;  // what the digest must cover
};

TEST(AutoV3, HashesWhatFollowsTheHeader) {
  const std::string large = noise(300'000);
  const std::vector<AutoV3Case> cases = {
      {"small header", safetensors(2, "{}weights"), "weights"},
      {"no header", safetensors(0, "weights"), "weights"},
      {"nothing behind the header", safetensors(2, "{}"), ""},
      {"eight bytes alone", safetensors(0, ""), ""},
      {"header longer than a slice", safetensors(200'000, large), large.substr(200'000)},
      {"largest header that counts", safetensors((16 << 20) - 1, std::string((16 << 20) - 1, ' ')), ""},
      {"header of 16 MiB counts as none", safetensors(16 << 20, "weights"), "weights"},
      {"absurd header counts as none", safetensors(~std::uint64_t{0}, "weights"), "weights"},
      {"negative header counts as none", safetensors(std::uint64_t{1} << 63, "weights"), "weights"},
  };
  for (const AutoV3Case& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(digests_of(one.content).autov3, digests_of(one.hashed).sha256);
  }
}

TEST(AutoV3, IsUndefinedWhereTheContentEndsBeforeTheHeaderDoes) {
  EXPECT_EQ(digests_of("short").autov3, "");
  EXPECT_EQ(digests_of("7 bytes").autov3, "");
  EXPECT_EQ(digests_of(safetensors(2, "{")).autov3, "");
  EXPECT_EQ(digests_of(safetensors((16 << 20) - 1, "weights")).autov3, "");
}

TEST(AutoV3, IsTheSameForFilesThatDifferInTheHeaderOnly) {
  const std::string a = digests_of(safetensors(7, "{\"a\":1}weights")).autov3;
  const std::string b = digests_of(safetensors(8, "{\"a\":22}weights")).autov3;
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace civitai::hash
