#include "domain/hashes.hpp"

#include <gtest/gtest.h>

namespace civitai {
namespace {

const std::string digits64 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

TEST(HashKind, IsSpelledAsTheSiteDoesAndReadInAnyCase) {
  for (const HashKind kind : all_hash_kinds) EXPECT_EQ(hash_kind_from(to_string(kind)), kind);
  EXPECT_EQ(to_string(HashKind::sha256), "SHA256");
  EXPECT_EQ(to_string(HashKind::blake3), "BLAKE3");
  EXPECT_EQ(to_string(HashKind::autov1), "AutoV1");
  EXPECT_EQ(to_string(HashKind::autov2), "AutoV2");
  EXPECT_EQ(to_string(HashKind::autov3), "AutoV3");
  EXPECT_EQ(to_string(HashKind::crc32), "CRC32");
  EXPECT_EQ(hash_kind_from("sha256"), HashKind::sha256);
  EXPECT_EQ(hash_kind_from("AUTOV3"), HashKind::autov3);
  EXPECT_EQ(hash_kind_from("MD5"), std::nullopt);
  EXPECT_EQ(hash_kind_from(""), std::nullopt);
}

TEST(Hashes, KeepValuesInLowerCase) {
  Hashes hashes;
  EXPECT_TRUE(hashes.empty());
  hashes.set(HashKind::autov2, " B94D27B993 ");
  EXPECT_EQ(hashes.get(HashKind::autov2), "b94d27b993");
  EXPECT_TRUE(hashes.has(HashKind::autov2));
  EXPECT_FALSE(hashes.has(HashKind::sha256));
  EXPECT_EQ(hashes.get(HashKind::sha256), "");
  EXPECT_FALSE(hashes.empty());
}

TEST(Hashes, TakeEachKindInItsLength) {
  Hashes hashes;
  hashes.set(HashKind::sha256, digits64);
  hashes.set(HashKind::blake3, digits64);
  hashes.set(HashKind::autov1, "85114a0d");
  hashes.set(HashKind::autov2, "85114a0d00");
  hashes.set(HashKind::autov3, "85114a0d0011");
  hashes.set(HashKind::crc32, "85114a0d");
  for (const HashKind kind : all_hash_kinds) EXPECT_TRUE(hashes.has(kind)) << to_string(kind);
  hashes.set(HashKind::autov3, digits64);
  EXPECT_EQ(hashes.get(HashKind::autov3), digits64);
}

TEST(Hashes, IgnoreWhatCannotBeAHash) {
  Hashes hashes;
  hashes.set(HashKind::sha256, "");
  hashes.set(HashKind::sha256, digits64.substr(1));
  hashes.set(HashKind::sha256, digits64 + "0");
  hashes.set(HashKind::blake3, std::string(64, 'g'));
  hashes.set(HashKind::autov1, "8511 4a0d");
  hashes.set(HashKind::autov2, "0x85114a0d");
  hashes.set(HashKind::autov3, "85114a0d0");
  hashes.set(HashKind::crc32, "511a0d");
  EXPECT_TRUE(hashes.empty());
}

TEST(Hashes, KeepTheOldValueWhenTheNewOneIsNone) {
  Hashes hashes;
  hashes.set(HashKind::crc32, "85114a0d");
  hashes.set(HashKind::crc32, "rubbish");
  EXPECT_EQ(hashes.get(HashKind::crc32), "85114a0d");
}

TEST(SameHash, IgnoresLetterCase) {
  EXPECT_TRUE(same_hash(HashKind::autov2, "B94D27B993", "b94d27b993"));
  EXPECT_FALSE(same_hash(HashKind::autov2, "B94D27B993", "b94d27b994"));
}

TEST(SameHash, ProvesNothingByAbsence) {
  for (const HashKind kind : all_hash_kinds) {
    EXPECT_FALSE(same_hash(kind, "", ""));
    EXPECT_FALSE(same_hash(kind, "", digits64));
    EXPECT_FALSE(same_hash(kind, digits64, ""));
  }
}

TEST(SameHash, ComparesAutoV3ByTheShorterOfTheTwo) {
  EXPECT_TRUE(same_hash(HashKind::autov3, digits64.substr(0, 12), digits64));
  EXPECT_TRUE(same_hash(HashKind::autov3, digits64, digits64));
  EXPECT_TRUE(same_hash(HashKind::autov3, digits64.substr(0, 10), digits64));
  EXPECT_FALSE(same_hash(HashKind::autov3, "000000000000", digits64));
}

TEST(SameHash, TakesNoFewDigitsForAProof) {
  EXPECT_FALSE(same_hash(HashKind::autov3, "b", digits64));
  EXPECT_FALSE(same_hash(HashKind::autov3, digits64.substr(0, 9), digits64));
}

TEST(SameHash, ComparesWholeValuesOfTheOtherKinds) {
  EXPECT_FALSE(same_hash(HashKind::sha256, digits64.substr(0, 10), digits64));
  EXPECT_FALSE(same_hash(HashKind::blake3, digits64, digits64.substr(0, 10)));
  EXPECT_FALSE(same_hash(HashKind::autov2, digits64.substr(0, 10), digits64));
}

TEST(SameHash, TakesCrc32InEitherByteOrder) {
  EXPECT_TRUE(same_hash(HashKind::crc32, "85114A0D", "85114a0d"));
  EXPECT_TRUE(same_hash(HashKind::crc32, "0D4A1185", "85114a0d"));
  EXPECT_FALSE(same_hash(HashKind::crc32, "D0A41158", "85114a0d"));
  EXPECT_FALSE(same_hash(HashKind::autov1, "0D4A1185", "85114a0d"));
}

}  // namespace
}  // namespace civitai
