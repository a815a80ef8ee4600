#include "term/table.hpp"

#include "term/text_width.hpp"

#include <gtest/gtest.h>

namespace civitai::term {
namespace {

class Tables : public ::testing::Test {
 protected:
  Tables() { use_utf8_locale(); }
};

TEST_F(Tables, AreAsWideAsTheirContent) {
  Table table({{"Name"}, {"Size", Align::right}});
  EXPECT_TRUE(table.empty());
  table.add({"紙", "5"});
  table.add({"lantern", "1000"});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.text(0),
            "Name     Size\n"
            "----     ----\n"
            "紙          5\n"
            "lantern  1000\n");
}

TEST_F(Tables, NarrowTheirFlexibleColumnsToFit) {
  Table table({{"Key"}, {"Name", Align::left, true}, {"Path", Align::left, true, Cut::front}});
  table.add({"v_12", "a rather long name of a model", "lora/sdxl_1.0/harbour_lights/harbour.safetensors"});
  EXPECT_EQ(table.text(44),
            "Key   Name                Path\n"
            "---   ----                ----\n"
            "v_12  a rather long nam…  …rbour.safetensors\n");
}

TEST_F(Tables, KeepColumnsThatMayNotBeCut) {
  Table table({{"Key"}, {"Name", Align::left, true}});
  table.add({"v_1234567890", "harbour lights"});
  EXPECT_EQ(table.text(10),
            "Key           Name\n"
            "---           ----\n"
            "v_1234567890  harbour…\n");
}

}  // namespace
}  // namespace civitai::term
