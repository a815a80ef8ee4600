#include "hash/raw_digest.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace civitai::hash {
namespace {

std::span<const std::byte> message(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(RawDigest, MatchesThePublishedVectors) {
  std::array<std::byte, 32> digest{};
  RawDigest sha1(RawAlgorithm::sha1);
  sha1.update(message("a"));
  sha1.update(message("bc"));
  sha1.finish(digest);
  EXPECT_EQ(to_hex(std::span(digest).first(sha1_size)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  RawDigest sha256(RawAlgorithm::sha256);
  sha256.update(message("abc"));
  sha256.finish(digest);
  EXPECT_EQ(to_hex(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(RawDigest, StartsAnewAfterEachMessage) {
  RawDigest digest(RawAlgorithm::sha1);
  std::array<std::byte, sha1_size> first{};
  std::array<std::byte, sha1_size> second{};
  digest.update(message("abc"));
  digest.finish(first);
  digest.update(message("abc"));
  digest.finish(second);
  EXPECT_EQ(first, second);
  digest.finish(second);
  EXPECT_EQ(to_hex(second), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(RawDigest, WritesNothingBeyondItsRoom) {
  RawDigest digest(RawAlgorithm::sha256);
  std::array<std::byte, sha1_size> room{};
  EXPECT_THROW(digest.finish(room), std::logic_error);
}

}  // namespace
}  // namespace civitai::hash
