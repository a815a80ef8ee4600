#include "store/words.hpp"

#include <gtest/gtest.h>

namespace civitai::store {
namespace {

TEST(Folded, MakesSmallLetters) {
  EXPECT_EQ(folded("AbC xyz 09 [@]"), "abc xyz 09 [@]");
  EXPECT_EQ(folded("ÀÖØÞ ×÷ß"), "àöøþ ×÷ß");
  EXPECT_EQ(folded("ĀŁŻŽŊ ƠƯ Ǎ"), "āłżžŋ ơư ǎ");
  EXPECT_EQ(folded("ΆΈΌΎΏ ΑΩ ΣΑΣ ς"), "άέόύώ αω σασ σ");
  EXPECT_EQ(folded("ЀЁ АЯ Ґ Ӂ"), "ѐё ая ґ ӂ");
  EXPECT_EQ(folded("ԱՖ"), "աֆ");
  EXPECT_EQ(folded("ẤỸ"), "ấỹ");
  EXPECT_EQ(folded("ＡＺ"), "ａｚ");
}

TEST(Folded, KeepsTheRest) {
  EXPECT_EQ(folded(""), "");
  EXPECT_EQ(folded("水墨 한국어 🎨"), "水墨 한국어 🎨");
  EXPECT_EQ(folded("a\xFFZ\xC3"), "a\xFFz\xC3");
  EXPECT_EQ(folded("\xE4\xB8"), "\xE4\xB8");
  EXPECT_EQ(folded("\xC1\x81"), "\xC1\x81") << "an overlong 'A' is no letter";
}

TEST(WordLines, SplitsAtBlanksOfAnyKind) {
  EXPECT_EQ(word_lines("  One\ttwo\n THREE "), "one\ntwo\nthree");
  EXPECT_EQ(word_lines("水墨\u3000画\u00A0x"), "水墨\n画\nx");
  EXPECT_EQ(word_lines(" \r\n"), "");
}

}  // namespace
}  // namespace civitai::store
