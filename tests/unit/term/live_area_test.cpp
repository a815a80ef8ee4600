#include "term/live_area.hpp"

#include "term/text_width.hpp"

#include <gtest/gtest.h>

namespace civitai::term {
namespace {

class LiveAreas : public ::testing::Test {
 protected:
  LiveAreas() { use_utf8_locale(); }

  // What was written since the last question.
  std::string written() { return std::exchange(text, {}); }

  std::string text;
  LiveArea::Write write = [this](std::string_view piece) { text += piece; };
};

TEST_F(LiveAreas, RedrawTheirLinesInPlace) {
  LiveArea area(Live::on, write);
  area.show({"one", "two"}, 80);
  EXPECT_EQ(written(), "one\ntwo\n");
  area.show({"three"}, 80);
  EXPECT_EQ(written(), "\x1b[2F\x1b[Jthree\n");
}

TEST_F(LiveAreas, WriteNothingWhenNothingChanged) {
  LiveArea area(Live::on, write);
  area.show({"one"}, 80);
  written();
  area.show({"one"}, 80);
  EXPECT_EQ(written(), "");
}

TEST_F(LiveAreas, PrintAboveThemselvesInOnePiece) {
  int pieces = 0;
  LiveArea area(Live::on, [&](std::string_view piece) {
    ++pieces;
    text += piece;
  });
  area.show({"bar"}, 80);
  written();
  pieces = 0;
  area.print("a line\n");
  EXPECT_EQ(written(), "\x1b[1F\x1b[Ja line\nbar\n");
  EXPECT_EQ(pieces, 1);
}

TEST_F(LiveAreas, StayNarrowerThanTheTerminal) {
  LiveArea area(Live::on, write);
  area.show({"0123456789"}, 10);
  EXPECT_EQ(written(), "01234567…\n");
}

TEST_F(LiveAreas, LeaveTheScreenClean) {
  {
    LiveArea area(Live::on, write);
    area.show({"one"}, 80);
    written();
    area.clear();
    EXPECT_EQ(written(), "\x1b[1F\x1b[J");
    area.show({"two"}, 80);
    written();
  }
  EXPECT_EQ(written(), "\x1b[1F\x1b[J");
}

TEST_F(LiveAreas, ShowNothingWhereThereIsNoTerminal) {
  LiveArea area(Live::off, write);
  area.show({"bar"}, 80);
  area.print("a line\n");
  area.clear();
  EXPECT_FALSE(area.is_live());
  EXPECT_EQ(written(), "a line\n");
}

}  // namespace
}  // namespace civitai::term
