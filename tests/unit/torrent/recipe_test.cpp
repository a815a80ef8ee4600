#include "torrent/recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::torrent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PieceLength, GrowsWithTheContentAndKeepsToAFewThousandPieces) {
  EXPECT_EQ(piece_length_for({0}), kibibytes(16));
  EXPECT_EQ(piece_length_for(mebibytes(1)), kibibytes(16));
  EXPECT_EQ(piece_length_for(mebibytes(256)), kibibytes(128));
  EXPECT_EQ(piece_length_for(gibibytes(4)), mebibytes(2));
  EXPECT_EQ(piece_length_for({gibibytes(4).value + 1}), mebibytes(4));
  EXPECT_EQ(piece_length_for(gibibytes(24)), mebibytes(16));
  EXPECT_EQ(piece_length_for(gibibytes(900)), mebibytes(16));
}

TEST(PieceLength, IsAPowerOfTwoWithinBounds) {
  EXPECT_EQ(parse_piece_length("512K").value(), kibibytes(512));
  EXPECT_EQ(parse_piece_length("16384").value(), kibibytes(16));
  EXPECT_EQ(parse_piece_length("128MiB").value(), mebibytes(128));
  for (const char* const wrong : {"0", "8K", "256M", "3M", "1000000", "x", ""}) {
    const auto length = parse_piece_length(wrong);
    ASSERT_FALSE(length) << wrong;
    EXPECT_EQ(length.error().kind, ErrorKind::usage) << wrong;
  }
}

TEST(Addresses, OfTrackers) {
  for (const char* const good : {"udp://tracker.example:6969/announce", "http://127.0.0.1:80/a?passkey=1",
                                 "HTTPS://tracker.example", "wss://tracker.example"}) {
    EXPECT_TRUE(check_tracker(good)) << good;
  }
  for (const char* const bad :
       {"", "tracker.example", "ftp://tracker.example/", "http://", "udp:///announce", "http://a b/", "http://a/\n"}) {
    EXPECT_FALSE(check_tracker(bad)) << bad;
  }
}

TEST(Addresses, OfWebSeeds) {
  EXPECT_TRUE(check_web_seed("https://seed.example/files/"));
  EXPECT_FALSE(check_web_seed("udp://seed.example/"));
}

TEST(Addresses, AreNotRepeatedInMessages) {
  EXPECT_THAT(check_tracker("ftp://secret.example/passkey").error().message, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace civitai::torrent
