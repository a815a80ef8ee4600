#include "json/writer.hpp"

#include "json/reader.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace civitai::json {
namespace {

TEST(JsonWriter, KeepsTheOrderInWhichKeysWereSet) {
  Object object;
  object.set("z", 1).set("a", 2).set("m", 3).set("a", 4);
  EXPECT_EQ(object.text(-1), R"({"z":1,"a":4,"m":3})");
}

TEST(JsonWriter, IndentsByTwoBlanks) {
  Object inner;
  inner.set("b", true);
  Object object;
  object.set("a", std::move(inner)).set("list", Array());
  EXPECT_EQ(object.text(), "{\n  \"a\": {\n    \"b\": true\n  },\n  \"list\": []\n}");
}

TEST(JsonWriter, WritesEachKindOfValue) {
  Object object;
  object.set("text", "t").set("string", std::string("s")).set("view", std::string_view("v"));
  object.set("yes", true).set("no", false).set_null("nothing");
  object.set("int", -5).set("half", 0.5).set("whole", 2.0);
  EXPECT_EQ(object.text(-1), R"({"text":"t","string":"s","view":"v","yes":true,"no":false,"nothing":null,)"
                             R"("int":-5,"half":0.5,"whole":2.0})");
}

TEST(JsonWriter, WritesTheLargestNumbers) {
  Object object;
  object.set("size", ByteCount{std::numeric_limits<std::uint64_t>::max()});
  object.set("unsigned", std::numeric_limits<std::uint64_t>::max());
  object.set("beyond", ByteCount{1ULL << 63U});
  object.set("large", std::numeric_limits<std::int64_t>::max());
  object.set("small", std::numeric_limits<std::int64_t>::min());
  object.set("usual", ByteCount{6'938'040'682});
  EXPECT_EQ(object.text(-1), R"({"size":18446744073709551615,"unsigned":18446744073709551615,)"
                             R"("beyond":9223372036854775808,"large":9223372036854775807,)"
                             R"("small":-9223372036854775808,"usual":6938040682})");
}

TEST(JsonWriter, WritesNoNumberWhereThereIsNone) {
  Object object;
  object.set("nan", std::nan("")).set("infinite", std::numeric_limits<double>::infinity());
  EXPECT_EQ(object.text(-1), R"({"nan":null,"infinite":null})");
}

TEST(JsonWriter, EscapesWhatJsonDemands) {
  Object object;
  object.set("a\"b", std::string_view("q\" b\\ n\n t\t z\0 \x1b 紙 \x7f", 22));
  EXPECT_EQ(object.text(-1), "{\"a\\\"b\":\"q\\\" b\\\\ n\\n t\\t z\\u0000 \\u001b 紙 \\u007f\"}");
}

// The same JSON, but nothing in it moves the cursor or turns the writing around.
TEST(JsonWriter, EscapesWhatPlaysTricksOnAScreen) {
  const std::string tricks = "\u009b2J \u202e \u2066 \u2028 \ufeff é";
  Object object;
  object.set("k\u202e", tricks);
  const std::string text = object.text(-1);
  EXPECT_EQ(text, "{\"k\\u202e\":\"\\u009b2J \\u202e \\u2066 \\u2028 \\ufeff é\"}");
  auto document = Document::parse(text);
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root().members([&](std::string_view key, Value value) {
    EXPECT_EQ(key, "k\u202e");
    EXPECT_EQ(value.text(), tricks);
  }));
}

TEST(JsonWriter, RepairsInvalidUtf8) {
  Array list;
  list.add("\xed\xa0\x80");
  Object object;
  object.set("caf\xe9", "x\xff").set("list", std::move(list));
  EXPECT_EQ(object.text(-1), "{\"caf\uFFFD\":\"x\uFFFD\",\"list\":[\"\uFFFD\uFFFD\uFFFD\"]}");
}

TEST(JsonWriter, RepairsKeysWhereverTheyAreSet) {
  Object object;
  object.set("\xff", 1).set("\xff\xff", true).set("\xff\xff\xff", 0.5).set("\xfe", Object()).set("\xfe\xfe", Array());
  object.set_null("\xfd");
  EXPECT_EQ(object.text(-1), "{\"\uFFFD\":null,\"\uFFFD\uFFFD\":[],\"\uFFFD\uFFFD\uFFFD\":0.5}");
}

TEST(JsonWriter, PutsArraysTogether) {
  Object item;
  item.set("id", 1);
  Array list;
  list.add(std::move(item)).add("two").add(3);
  Object object;
  object.set("list", std::move(list));
  EXPECT_EQ(object.text(-1), R"({"list":[{"id":1},"two",3]})");
}

TEST(JsonWriter, WritesAnEmptyObject) {
  EXPECT_EQ(Object().text(), "{}");
  EXPECT_EQ(Object().text(-1), "{}");
}

TEST(JsonWriter, WritesWhatTheReaderReads) {
  std::string every_byte;
  for (int i = 0; i < 128; ++i) every_byte += static_cast<char>(i);
  Object object;
  object.set("text", every_byte + "紙😀");
  auto document = Document::parse(object.text());
  ASSERT_TRUE(document);
  EXPECT_TRUE(
      document->root().members([&](std::string_view, Value value) { EXPECT_EQ(value.text(), every_byte + "紙😀"); }));
}

}  // namespace
}  // namespace civitai::json
