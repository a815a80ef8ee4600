#include "api/documents.hpp"
#include "support/site_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using test::Fields;
using test::list_of;
using test::model_fields;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string page_of(const std::vector<std::string>& items, std::string metadata = "{}") {
  return Fields{{"items", list_of(items)}, {"metadata", std::move(metadata)}}.text();
}

ModelPage read(const std::string& text) {
  auto page = read_model_page(text);
  EXPECT_TRUE(page) << text << (page ? "" : page.error().message);
  return page.value_or(ModelPage{});
}

TEST(ModelPages, AreRead) {
  const ModelPage page = read(page_of({model_fields().text(), model_fields().set("id", "202").text()},
                                      R"({"nextCursor": "2026-05-30 08:15:44.201|9100300",
                                          "nextPage": "https://civitai.com/api/v1/models?cursor=2026-05-30%2008"})"));
  ASSERT_THAT(page.models, SizeIs(2));
  EXPECT_EQ(page.models[0].id, ModelId{201});
  EXPECT_EQ(page.models[1].id, ModelId{202});
  EXPECT_EQ(page.models[1].raw, model_fields().set("id", "202").text());
  EXPECT_EQ(page.damaged, 0);
  EXPECT_EQ(page.next_cursor, "2026-05-30 08:15:44.201|9100300");
  EXPECT_EQ(page.next_page, "https://civitai.com/api/v1/models?cursor=2026-05-30%2008");
}

TEST(ModelPages, EndWithoutACursor) {
  for (const std::string_view metadata :
       {"{}", "null", "[]", R"({"currentPage": 3, "pageSize": 100})", R"({"nextCursor": null, "nextPage": null})",
        R"({"nextCursor": "", "nextPage": " "})", R"({"nextCursor": {"a": 1}})", R"({"totalItems": 0})"}) {
    const ModelPage page = read(page_of({}, std::string(metadata)));
    EXPECT_THAT(page.models, IsEmpty());
    EXPECT_EQ(page.next_cursor, std::nullopt) << metadata;
    EXPECT_EQ(page.next_page, std::nullopt) << metadata;
  }
  EXPECT_EQ(read(R"({"items": []})").next_cursor, std::nullopt);
}

TEST(ModelPages, KeepTheCursorAsItIsWritten) {
  const auto cursor = [](std::string_view json) {
    return read(page_of({}, format(R"({{"nextCursor": {}}})", json))).next_cursor;
  };
  EXPECT_EQ(cursor(R"("75363|932023|257749")"), "75363|932023|257749");
  EXPECT_EQ(cursor("9600008"), "9600008");
  EXPECT_EQ(cursor("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(cursor("1748851213042.0"), "1748851213042.0");
  EXPECT_EQ(cursor(R"("|257749")"), "|257749");
  EXPECT_EQ(cursor(R"("bdx:{\"a\":1}")"), "bdx:{\"a\":1}");
}

TEST(ModelPages, LoseADamagedItemOnly) {
  const ModelPage page =
      read(page_of({model_fields().text(), "null", "7", R"("text")", "[]", "{}", model_fields().drop("id").text(),
                    R"({"id": 5 "name": 6})", model_fields().set("id", "202").text()}));
  ASSERT_THAT(page.models, SizeIs(2));
  EXPECT_EQ(page.models[1].id, ModelId{202});
  EXPECT_EQ(page.damaged, 7);
}

TEST(ModelPages, AreReadWithMetadataFirst) {
  const ModelPage page = read(format(R"({{"metadata": {{"nextCursor": "a"}}, "items": [{}]}})", model_fields().text()));
  EXPECT_THAT(page.models, SizeIs(1));
  EXPECT_EQ(page.next_cursor, "a");
}

TEST(ModelPages, AreReadWithAByteOrderMarkAndBadUtf8) {
  const std::string name = "\"caf\xe9\"";
  const ModelPage page = read("\xEF\xBB\xBF" + page_of({model_fields().set("name", name).text()}));
  ASSERT_THAT(page.models, SizeIs(1));
  EXPECT_EQ(page.models[0].name, "caf\uFFFD");
}

TEST(ModelPages, AreRefusedWithoutItems) {
  for (const std::string_view text : {"{}", R"({"metadata": {"nextCursor": "a"}})", R"({"items": null})",
                                      R"({"items": {}})", R"({"error": "x"})", "[]", "", "<html></html>", "null"}) {
    const auto page = read_model_page(text);
    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().kind, ErrorKind::network) << text;
  }
}

// A page that lost its end must never pass for the last one: its cursor is behind the items.
TEST(ModelPages, AreRefusedWhereverTheyAreCutShort) {
  const std::string text = page_of({model_fields().text(), model_fields().set("id", "202").text()},
                                   R"({"nextCursor": "2026-05-30 08:15:44.201|9100300"})");
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(read_model_page(std::string(text.substr(0, length)))) << length;
  }
}

TEST(AccountDocument, NamesTheAccount) {
  EXPECT_EQ(read_account_name(R"({"id": 11, "username": "quay_works", "tier": "bronze", "status": "active",
                                  "isMember": true, "subscriptions": ["yellow"], "subject": {"type": "apiKey"}})"),
            "quay_works");
  EXPECT_EQ(read_account_name(R"({"username": 90210})"), "90210");
  for (const std::string_view text : {"{}", R"({"username": null})", "[]", "", "<html>"}) {
    const auto name = read_account_name(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().kind, ErrorKind::network);
  }
}

TEST(CreatorsDocument, CountsTheModelsOfExactlyThisCreator) {
  const std::string text = R"({"items": [{"username": "quay_works_2", "modelCount": 9},
    {"username": null, "modelCount": 3}, {"username": "Quay_Works", "modelCount": 41, "link": "https://x"},
    {"username": "idle", "link": "https://x"}, {"username": 90210, "modelCount": "7"}],
    "metadata": {"totalItems": 5, "hasMore": false}})";
  EXPECT_EQ(read_model_count(text, "quay_works"), 41);
  EXPECT_EQ(read_model_count(text, "idle"), 0);
  EXPECT_EQ(read_model_count(text, "90210"), 7);
  EXPECT_EQ(read_model_count(text, "quay"), std::nullopt);
  EXPECT_EQ(read_model_count("{}", "quay_works"), std::nullopt);
  EXPECT_EQ(read_model_count("<html>", "quay_works"), std::nullopt);
  EXPECT_EQ(read_model_count(R"({"items": null})", "quay_works"), std::nullopt);
}

struct ErrorRow {
  std::string_view body;
  std::string_view text;
};

TEST(ErrorBodies, GiveTheirText) {
  const std::vector<ErrorRow> rows = {
      {R"({"error": "No model with id 5"})", "No model with id 5"},
      {R"({"message": "User not found"})", "User not found"},
      {R"({"error": "Unauthorized", "message": "log in"})", "Unauthorized: log in"},
      {R"({"message": "unexpected", "error": "internal"})", "internal: unexpected"},
      {R"({"error": {"name": "ZodError", "message": "[\n {\"code\": \"too_big\"}]"}})", R"([  {"code": "too_big"}])"},
      {R"({"error": {"name": "ZodError", "message": "[{\"path\": [\"limit\"], \"message\": \"too big\"}, {\"message\": \"x\"}]"}})",
       "limit: too big"},
      {R"({"error": {"message": "[{\"path\": [\"a\", 0], \"code\": \"custom\"}]"}})", "a.0"},
      {R"([{"code": "invalid_type", "path": ["limit"]}])", "limit"},
      {R"({"error": {"message": "[cut"}})", "[cut"},
      {R"({"error": "✖ invalid option\n  → at size"})", "✖ invalid option   → at size"},
      {R"({"error": "busy", "code": "SERVICE_UNAVAILABLE"})", "busy"},
      {R"({"error": {"name": "ZodError"}})", ""},
      {R"({"error": null, "message": "m"})", "m"},
      {R"({"message": {"a": 1}})", ""},
      {R"([{"code": "too_big"}])", ""},
      {"{}", ""},
      {"", ""},
      {"plain text", ""},
      {"<html><body>no</body></html>", ""},
      {"<?xml version=\"1.0\"?><Error><Code>ExpiredRequest</Code></Error>", ""},
      {R"({"error": "\u001b[31mred\u202e"})", "?[31mred?"},
  };
  for (const ErrorRow& row : rows) EXPECT_EQ(read_error_text(row.body), row.text) << row.body;
}

TEST(ErrorBodies, AreCutWhenTheyAreLong) {
  std::string word;
  for (int i = 0; i < 500; ++i) word += "é";
  const std::string text = read_error_text(format(R"({{"error": "{}"}})", word));
  EXPECT_EQ(text.size(), 300U);
  EXPECT_EQ(text, word.substr(0, 300));
}

TEST(ErrorBodies, GiveTheDeadlineOfEarlyAccess) {
  EXPECT_TRUE(read_deadline(R"({"error": "Early Access", "deadline": "2026-06-14T10:15:09.330Z", "message": "m"})"));
  for (const std::string_view body :
       {R"({"error": "Early Access"})", R"({"deadline": null})", R"({"deadline": "soon"})", "", "<html>"}) {
    EXPECT_FALSE(read_deadline(body)) << body;
  }
}

}  // namespace
}  // namespace civitai::api
