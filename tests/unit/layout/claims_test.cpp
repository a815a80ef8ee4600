#include "layout/layout.hpp"

#include <gtest/gtest.h>

namespace civitai::layout {
namespace {

void occupy(Claims& claims, const Path& path, FileId file) { EXPECT_EQ(claims.claim(path, file), path); }

TEST(Claims, GiveEachFileThePathItWants) {
  Claims claims;
  EXPECT_EQ(claims.claim("a/b.safetensors", FileId{1}), "a/b.safetensors");
  EXPECT_EQ(claims.claim("a/c.safetensors", FileId{2}), "a/c.safetensors");
  EXPECT_EQ(claims.claim("x/b.safetensors", FileId{3}), "x/b.safetensors");
}

TEST(Claims, GiveTheSameFileTheSamePathAgain) {
  Claims claims;
  EXPECT_EQ(claims.claim("a.pt", FileId{1}), "a.pt");
  EXPECT_EQ(claims.claim("a.pt", FileId{2}), "a-2.pt");
  EXPECT_EQ(claims.claim("a.pt", FileId{1}), "a.pt");
  EXPECT_EQ(claims.claim("a.pt", FileId{2}), "a-2.pt");
}

TEST(Claims, TellTwinsApartByFileId) {
  Claims claims;
  occupy(claims, "a/model.safetensors", FileId{1});
  EXPECT_EQ(claims.claim("a/model.safetensors", FileId{22}), "a/model-22.safetensors");
  EXPECT_EQ(claims.claim("a/model.safetensors", FileId{333}), "a/model-333.safetensors");
}

TEST(Claims, CompareWithoutLetterCase) {
  Claims claims;
  occupy(claims, "A/Model.PT", FileId{1});
  EXPECT_EQ(claims.claim("a/mODEL.pt", FileId{2}), "a/mODEL-2.pt");
  EXPECT_EQ(claims.claim("a/MODEL-2.pt", FileId{3}), "a/MODEL-2-3.pt");
}

TEST(Claims, FoldLatinGreekAndCyrillicLetters) {
  const std::pair<std::string_view, std::string_view> twins[] = {
      {"Été", "éTÉ"}, {"Øre", "øre"}, {"Žluťoučký Łódź", "žluŤouČkÝ łóDŹ"}, {"ΑΩΣ", "αωσ"}, {"ЖЁЯ", "жёя"},
  };
  for (const auto& [one, other] : twins) {
    Claims claims;
    occupy(claims, one, FileId{1});
    EXPECT_EQ(claims.claim(other, FileId{2}), std::string(other) + "-2");
  }
}

TEST(Claims, KeepDifferentNamesOfOtherScriptsApart) {
  Claims claims;
  for (const std::string_view name : {"水", "墨", "画", "×", "÷", "ı", "i", "ß", "ss", "🔥", "\u0178", "\u0138"}) {
    occupy(claims, name, FileId{});
  }
}

TEST(Claims, FindAnotherNameWhereTheTwinsNameIsTakenToo) {
  Claims claims;
  occupy(claims, "a-7.pt", FileId{1});
  occupy(claims, "a.pt", FileId{2});
  EXPECT_EQ(claims.claim("a.pt", FileId{7}), "a-7-2.pt");
  EXPECT_EQ(claims.claim("a.pt", FileId{7}), "a-7-2.pt");
}

TEST(Claims, NeverTakeFilesWithoutIdForTheSame) {
  Claims claims;
  EXPECT_EQ(claims.claim("a.pt", FileId{}), "a.pt");
  EXPECT_EQ(claims.claim("a.pt", FileId{}), "a-2.pt");
  EXPECT_EQ(claims.claim("a.pt", FileId{}), "a-3.pt");
}

TEST(Claims, StayWithinTheLimitOfAName) {
  Claims claims;
  const std::string name = std::string(longest_leaf - 12, 'x') + ".safetensors";
  EXPECT_EQ(claims.claim(name, FileId{1}), name);
  const std::string twin = claims.claim(name, FileId{9'223'372'036'854'775'807}).native();
  EXPECT_EQ(twin.size(), longest_leaf);
  EXPECT_TRUE(twin.ends_with("x-9223372036854775807.safetensors"));
}

}  // namespace
}  // namespace civitai::layout
