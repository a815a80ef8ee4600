#include "hash/many_digests.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace civitai::hash {
namespace {

using Digest = std::array<std::byte, sha256_size>;

std::vector<std::byte> bytes(std::size_t size, unsigned seed) {
  std::vector<std::byte> data(size);
  unsigned state = seed;
  for (std::byte& byte : data) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24U);
  }
  return data;
}

Digest one(RawAlgorithm algorithm, std::span<const std::byte> data) {
  Digest digest{};
  RawDigest raw(algorithm);
  raw.update(data);
  raw.finish(digest);
  return digest;
}

void expect_same(RawAlgorithm algorithm, const std::vector<std::size_t>& sizes) {
  std::vector<std::vector<std::byte>> data;
  for (std::size_t i = 0; i < sizes.size(); ++i) data.push_back(bytes(sizes[i], static_cast<unsigned>(i)));
  std::vector<Digest> found(sizes.size());
  std::vector<ManyDigests::Message> messages;
  for (std::size_t i = 0; i < sizes.size(); ++i) messages.push_back({data[i], found[i]});
  ManyDigests(algorithm).hash(messages);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(found[i], one(algorithm, data[i])) << i << ": " << sizes[i] << " bytes";
  }
}

constexpr RawAlgorithm algorithms[] = {RawAlgorithm::sha1, RawAlgorithm::sha256};

TEST(ManyDigests, MatchThePublishedVectors) {
  const auto abc = std::as_bytes(std::span(std::string_view("abc")));
  std::array<Digest, 2> found{};
  ManyDigests(RawAlgorithm::sha1).hash(std::vector<ManyDigests::Message>{{abc, found[0]}, {{}, found[1]}});
  EXPECT_EQ(to_hex(std::span(found[0]).first(sha1_size)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(std::span(found[1]).first(sha1_size)), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  ManyDigests(RawAlgorithm::sha256).hash(std::vector<ManyDigests::Message>{{abc, found[0]}, {{}, found[1]}});
  EXPECT_EQ(to_hex(found[0]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(found[1]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(ManyDigests, AreThoseOfOneAfterTheOther) {
  for (const RawAlgorithm algorithm : algorithms) {
    expect_same(algorithm,
                {0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 16383, 16384, 16385, 65534, 65535, 65536, 100001});
    expect_same(algorithm, std::vector<std::size_t>(19, 16384));
  }
}

TEST(ManyDigests, TakeTheLongestMessagesAndLongerOnes) {
  for (const RawAlgorithm algorithm : algorithms) {
    expect_same(algorithm, {ManyDigests::longest, ManyDigests::longest, ManyDigests::longest - 1, 7});
    expect_same(algorithm, {ManyDigests::longest + 1, 3});
  }
}

TEST(ManyDigests, OfOneOrNoMessage) {
  expect_same(RawAlgorithm::sha1, {16384});
  expect_same(RawAlgorithm::sha1, {});
}

TEST(ManyDigests, WriteNothingBeyondTheirRoom) {
  std::array<std::byte, sha1_size> room{};
  ManyDigests digests(RawAlgorithm::sha256);
  EXPECT_THROW(digests.hash(std::vector<ManyDigests::Message>{{{}, room}}), std::logic_error);
}

}  // namespace
}  // namespace civitai::hash
