#include "term/text_width.hpp"

#include <gtest/gtest.h>

namespace civitai::term {
namespace {

class TextWidth : public ::testing::Test {
 protected:
  TextWidth() { use_utf8_locale(); }
};

TEST_F(TextWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(columns(""), 0U);
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("é…"), 2U);
  EXPECT_EQ(columns("紙灯籠"), 6U);
  EXPECT_EQ(columns("e\u0301"), 1U) << "a combining accent takes none";
}

TEST_F(TextWidth, CountsWhatIsNoUtf8ByItsBytes) { EXPECT_EQ(columns("a\xff\xfe"), 3U); }

TEST_F(TextWidth, CutsTheEndOfALongText) {
  EXPECT_EQ(fitted("harbour", 7), "harbour");
  EXPECT_EQ(fitted("harbour", 6), "harbo…");
  EXPECT_EQ(fitted("harbour", 1), "…");
  EXPECT_EQ(fitted("harbour", 0), "");
  EXPECT_EQ(fitted("紙灯籠", 4), "紙…") << "half of a wide character does not fit";
}

TEST_F(TextWidth, CutsTheFrontWhereTheEndMatters) {
  EXPECT_EQ(fitted_end("lora/a.safetensors", 18), "lora/a.safetensors");
  EXPECT_EQ(fitted_end("lora/a.safetensors", 14), "…a.safetensors");
  EXPECT_EQ(fitted_end("harbour", 1), "…");
  EXPECT_EQ(fitted_end("harbour", 0), "");
  EXPECT_EQ(fitted_end("紙灯籠", 4), "…籠");
  EXPECT_EQ(fitted_end("xe\u0301y", 2), "…y") << "no accent without its letter";
}

TEST_F(TextWidth, FillsWithBlanks) {
  EXPECT_EQ(padded("紙", 4), "紙  ");
  EXPECT_EQ(padded_left("12", 4), "  12");
  EXPECT_EQ(padded("harbour", 4), "har…");
}

}  // namespace
}  // namespace civitai::term
