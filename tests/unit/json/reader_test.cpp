#include "json/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <vector>

namespace civitai::json {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// What `read` makes of a member's value in `{"v": <json>}`.
template <class T>
std::optional<T> read_as(std::string_view json, const std::function<std::optional<T>(Value&)>& read) {
  auto document = Document::parse("{\"v\": " + std::string(json) + ", \"after\": 1}");
  EXPECT_TRUE(document) << json;
  std::optional<T> result;
  if (document) {
    EXPECT_TRUE(document->root().members([&](std::string_view key, Value value) {
      if (key == "v") result = read(value);
    })) << json;
  }
  return result;
}

template <class T>
struct Row {
  std::string_view json;
  std::optional<T> value;
};

TEST(JsonInteger, IsReadFromWhateverMeansOne) {
  const std::vector<Row<std::int64_t>> rows = {
      {"7", 7},
      {"-7", -7},
      {"0", 0},
      {"\"7\"", 7},
      {"\" 7 \"", 7},
      {"1e3", 1000},
      {"\"1e3\"", 1000},
      {"7.0", 7},
      {"12E-1", std::nullopt},
      {"9007199254740993", 9007199254740993},
      {"9223372036854775807", 9223372036854775807},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"9223372036854775808", std::nullopt},
      {"18446744073709551615", std::nullopt},
      {"1e15", 1'000'000'000'000'000},
      {"1e300", std::nullopt},
      {"1e999", std::nullopt},
      {"7.5", std::nullopt},
      {"\"7.5\"", std::nullopt},
      {"\"seven\"", std::nullopt},
      {"\"\"", std::nullopt},
      {"\"7x\"", std::nullopt},
      {"\"nan\"", std::nullopt},
      {"null", std::nullopt},
      {"true", std::nullopt},
      {"[7]", std::nullopt},
      {"{\"a\": 7}", std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(read_as<std::int64_t>(row.json, [](Value& v) { return v.integer(); }), row.value) << row.json;
  }
}

TEST(JsonNumber, IsReadFromWhateverMeansOne) {
  const std::vector<Row<double>> rows = {
      {"6775430.353515625", 6775430.353515625},
      {"716800.0", 716800},
      {"-1", -1},
      {"1e3", 1000},
      {"\"1.5\"", 1.5},
      {"\" 2 \"", 2},
      {"18446744073709551616", 18446744073709551616.0},
      {"1e999", std::nullopt},
      {"\"inf\"", std::nullopt},
      {"\"many\"", std::nullopt},
      {"null", std::nullopt},
      {"false", std::nullopt},
      {"[]", std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(read_as<double>(row.json, [](Value& v) { return v.number(); }), row.value) << row.json;
  }
}

TEST(JsonText, IsReadFromStringsAndScalars) {
  const std::vector<Row<std::string>> rows = {
      {"\"a\"", "a"},
      {"\"\"", ""},
      {R"("a\"b\\c\/d\n\t\u0041")", "a\"b\\c/d\n\tA"},
      {R"("\u7d19\ud83d\ude00")", "紙😀"},
      {"\"紙灯籠\"", "紙灯籠"},
      {"90210", "90210"},
      {"75363.50", "75363.50"},
      {"1e3", "1e3"},
      {"true", "true"},
      {"false", "false"},
      {"null", std::nullopt},
      {"[]", std::nullopt},
      {"{}", std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(read_as<std::string>(row.json, [](Value& v) { return v.text(); }), row.value) << row.json;
  }
}

TEST(JsonText, MayHoldANul) {
  EXPECT_EQ(read_as<std::string>(R"("a\u0000b")", [](Value& v) { return v.text(); }), std::string("a\0b", 3));
}

TEST(JsonBoolean, IsOneOfTwoWords) {
  const std::vector<Row<bool>> rows = {{"true", true},         {"false", false},
                                       {"1", std::nullopt},    {"\"true\"", std::nullopt},
                                       {"null", std::nullopt}, {"[]", std::nullopt}};
  for (const auto& row : rows) {
    EXPECT_EQ(read_as<bool>(row.json, [](Value& v) { return v.boolean(); }), row.value) << row.json;
  }
}

TEST(JsonKind, IsTold) {
  const std::vector<Row<Kind>> rows = {{"{}", Kind::object}, {"[]", Kind::array},     {"\"\"", Kind::text},
                                       {"-1", Kind::number}, {"true", Kind::boolean}, {"null", Kind::null}};
  for (const auto& row : rows) {
    EXPECT_EQ(read_as<Kind>(row.json, [](Value& v) { return std::optional(v.kind()); }), row.value) << row.json;
  }
}

// Asking what kind a value is does not use it up.
TEST(JsonKind, LeavesTheValueToBeRead) {
  for (const std::string_view json : {"[1, 2]", "{\"a\": 1}"}) {
    EXPECT_EQ(read_as<int>(json,
                           [](Value& v) {
                             int inside = 0;
                             if (v.kind() == Kind::array) v.elements([&](Value) { ++inside; });
                             if (v.kind() == Kind::object) v.members([&](std::string_view, Value) { ++inside; });
                             return std::optional(inside);
                           }),
              json[0] == '[' ? 2 : 1);
  }
}

TEST(JsonMembers, AreVisitedInOrderAlsoWhenTheyComeTwice) {
  auto document = Document::parse(R"({"b": 1, "a": 2, "b": 3, "\u0063": 4})");
  ASSERT_TRUE(document);
  std::vector<std::pair<std::string, std::int64_t>> seen;
  EXPECT_TRUE(document->root().members(
      [&](std::string_view key, Value value) { seen.emplace_back(key, value.integer().value_or(-1)); }));
  EXPECT_THAT(seen, ElementsAre(Pair("b", 1), Pair("a", 2), Pair("b", 3), Pair("c", 4)));
}

TEST(JsonMembers, AreNoneOfWhatIsNoObject) {
  for (const std::string_view json : {"[1]", "7", "\"x\"", "null", "true"}) {
    EXPECT_EQ(read_as<bool>(json, [](Value& v) { return std::optional(v.members([](std::string_view, Value) {})); }),
              false);
  }
  for (const std::string_view json : {"{}", "7", "\"x\"", "null", "true"}) {
    EXPECT_EQ(read_as<bool>(json, [](Value& v) { return std::optional(v.elements([](Value) {})); }), false);
  }
}

TEST(JsonMembers, NeedNotBeRead) {
  auto document = Document::parse(R"({"skipped": {"deep": [1, {"x": "]}"}]}, "half": [1, 2, 3], "last": "here"})");
  ASSERT_TRUE(document);
  std::string last;
  EXPECT_TRUE(document->root().members([&](std::string_view key, Value value) {
    if (key == "last") last = value.text().value_or("");
  }));
  EXPECT_EQ(last, "here");
}

TEST(JsonRaw, IsByteForByteWhatWasReceived) {
  for (const std::string_view json :
       {R"({ "b" : 1.50 ,  "a":[ ] })", "[1,  2]", "\"a\\u0041 \\/ \"", "1e3", "-0.10", "true", "null", "{}"}) {
    EXPECT_EQ(read_as<std::string>(json, [](Value& v) { return std::optional(std::string(v.raw())); }), json);
  }
}

TEST(JsonRaw, OfTheRootIsTheWholeDocument) {
  const std::string text = "{\"items\": [ {\"id\":1 }\n, {\"id\": 2} ] }";
  auto document = Document::parse("  " + text + "\n");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().raw(), text);
}

TEST(JsonRaw, OfEachElementCanBeReadAgain) {
  auto document = Document::parse(R"({"items": [ {"id":1, "x": {"y":[]}} , 5, {"id": 2}]})");
  ASSERT_TRUE(document);
  std::vector<std::string> raw;
  EXPECT_TRUE(document->root().members([&](std::string_view, Value items) {
    EXPECT_TRUE(items.elements([&](Value item) { raw.emplace_back(item.raw()); }));
  }));
  EXPECT_THAT(raw, ElementsAre(R"({"id":1, "x": {"y":[]}})", "5", R"({"id": 2})"));
}

TEST(JsonDocument, MayStartWithAByteOrderMark) {
  auto document = Document::parse("\xEF\xBB\xBF{\"a\": 1}");
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root().members([](std::string_view key, Value) { EXPECT_EQ(key, "a"); }));
}

TEST(JsonDocument, HasItsUtf8Repaired) {
  auto document = Document::parse("{\"caf\xe9\": \"x\xff\xfey\"}");
  ASSERT_TRUE(document);
  std::map<std::string, std::string> seen;
  EXPECT_TRUE(document->root().members(
      [&](std::string_view key, Value value) { seen.emplace(key, value.text().value_or("?")); }));
  EXPECT_THAT(seen, ElementsAre(Pair("caf\uFFFD", "x\uFFFD\uFFFDy")));
}

TEST(JsonDocument, MayBeAnArray) {
  auto document = Document::parse("[1, 2, 3]");
  ASSERT_TRUE(document);
  std::int64_t sum = 0;
  EXPECT_TRUE(document->root().elements([&](Value element) { sum += element.integer().value_or(0); }));
  EXPECT_EQ(sum, 6);
}

TEST(JsonDocument, CanBeMoved) {
  auto parsed = Document::parse(R"({"a": [1, {"b": "c"}]})");
  ASSERT_TRUE(parsed);
  Document moved = std::move(*parsed);
  parsed = fail(ErrorKind::internal, "gone");
  EXPECT_EQ(moved.root().raw(), R"({"a": [1, {"b": "c"}]})");
}

TEST(JsonDocument, IsNoneWhenItIsNoObjectOrArray) {
  for (const std::string_view text : {"", "  ", "7", "\"text\"", "null", "true", "<html></html>", "error code: 1010",
                                      "\xEF\xBB\xBF", "\"open", "nonsense", "}", "]"}) {
    const auto document = Document::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().kind, ErrorKind::network) << text;
  }
}

TEST(JsonMembers, AreNoneOfAnEmptyObject) {
  auto document = Document::parse("{}");
  ASSERT_TRUE(document);
  std::vector<std::string> keys;
  EXPECT_TRUE(document->root().members([&](std::string_view key, Value) { keys.emplace_back(key); }));
  EXPECT_THAT(keys, IsEmpty());
}

}  // namespace
}  // namespace civitai::json
