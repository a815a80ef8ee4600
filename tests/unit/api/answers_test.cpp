#include "api/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace civitai::api {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using Kind = Judgement::Kind;

const SystemTime noon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2} + std::chrono::hours{12}};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

net::Response response_of(int status, std::string body, const HeaderList& headers = {}) {
  net::Response response{{status, {}, {}}, std::move(body)};
  for (const auto& [name, value] : headers) response.head.headers.add(name, value);
  return response;
}

const HeaderList html = {{"Content-Type", "text/html; charset=utf-8"}};

struct DocumentRow {
  int status;
  std::string body;
  HeaderList headers;
  Kind kind;
  ErrorKind error = ErrorKind::internal;
  std::string says = "";
};

Judgement judged(const DocumentRow& row, std::string_view url = "https://civitai.com/api/v1/models?limit=100") {
  return judge_document(*net::Url::parse(url), response_of(row.status, row.body, row.headers), noon);
}

void expect_judgement(const Judgement& judgement, const DocumentRow& row) {
  EXPECT_EQ(judgement.kind, row.kind) << row.status << ' ' << row.body;
  if (row.kind == Kind::good || row.kind == Kind::redirect) return;
  EXPECT_EQ(judgement.error.kind, row.error) << row.status << ' ' << row.body;
  EXPECT_THAT(judgement.error.message, HasSubstr(row.says)) << row.status;
}

TEST(DocumentAnswers, AreJudgedByStatusAndContent) {
  const std::vector<DocumentRow> rows = {
      {200, "{}", {{"Content-Type", "application/json"}}, Kind::good},
      {200, "{}", {}, Kind::good},
      {200, "<!DOCTYPE html><html>", {}, Kind::retry, ErrorKind::network, "web page"},
      {200, "", html, Kind::retry, ErrorKind::network, "web page"},
      {400, R"({"error": {"name": "ZodError", "message": "too big"}})", {}, Kind::final, ErrorKind::usage, "too big"},
      {400, R"({"message": "Invalid cursor: wanted 3 values, got 1"})", {}, Kind::final, ErrorKind::usage, "cursor"},
      {400, "not json", {}, Kind::final, ErrorKind::usage},
      {401, R"({"error": "Unauthorized"})", {}, Kind::final, ErrorKind::authentication, "Unauthorized"},
      {403, R"({"error": "Forbidden"})", {}, Kind::final, ErrorKind::authentication, "Forbidden"},
      {403, "error code: 1010", {{"Content-Type", "text/plain"}}, Kind::final, ErrorKind::network, "edge"},
      {403, "<html>blocked</html>", html, Kind::final, ErrorKind::network, "edge"},
      {403, "{}", {{"cf-mitigated", "challenge"}}, Kind::final, ErrorKind::network, "edge"},
      {404, R"({"error": "No model with id 5"})", {}, Kind::final, ErrorKind::not_found, "No model with id 5"},
      {404, R"({"message": "User not found"})", {}, Kind::final, ErrorKind::not_found, "User not found"},
      {405, "", {}, Kind::final, ErrorKind::network, "405"},
      {408, "", {}, Kind::retry, ErrorKind::network, "408"},
      {410, "", {}, Kind::final, ErrorKind::not_found},
      {429, R"({"error": "rate limit exceeded"})", {}, Kind::retry, ErrorKind::rate_limited, "rate limit"},
      {451,
       R"({"error": "not available", "code": "REGION_BLOCKED"})",
       {},
       Kind::final,
       ErrorKind::authentication,
       "country"},
      {499, "", {}, Kind::final, ErrorKind::network, "499"},
      {500, R"({"message": "unexpected", "error": "internal"})", {}, Kind::retry, ErrorKind::network, "unexpected"},
      {502, "<html>bad gateway</html>", html, Kind::retry, ErrorKind::network, "502"},
      {503, R"({"error": "busy", "code": "SERVICE_UNAVAILABLE"})", {}, Kind::retry, ErrorKind::network, "busy"},
      {504, "", {}, Kind::retry, ErrorKind::network, "504"},
      {520, "", {}, Kind::retry, ErrorKind::network, "520"},
      {524, "<html><title>524: A timeout occurred</title></html>", html, Kind::retry, ErrorKind::network, "524"},
      {418, "", {}, Kind::final, ErrorKind::network, "418"},
      {304, "", {}, Kind::final, ErrorKind::network, "304"},
  };
  for (const DocumentRow& row : rows) expect_judgement(judged(row), row);
}

TEST(DocumentAnswers, CarryTheTimeThatTheServerAskedFor) {
  EXPECT_EQ(judged({503, "{}", {{"retry-after", "2"}}, Kind::retry}).retry_after, seconds{2});
  EXPECT_EQ(judged({429, "{}", {{"Retry-After", "37"}}, Kind::retry}).retry_after, seconds{37});
  EXPECT_EQ(judged({429, "{}", {{"Retry-After", "Tue, 02 Jun 2026 12:00:30 GMT"}}, Kind::retry}).retry_after,
            seconds{30});
  EXPECT_EQ(judged({429, "{}", {{"Retry-After", "-5"}}, Kind::retry}).retry_after, seconds{0});
  EXPECT_EQ(judged({429, "{}", {{"Retry-After", "soon"}}, Kind::retry}).retry_after, std::nullopt);
  EXPECT_EQ(judged({503, "{}", {}, Kind::retry}).retry_after, std::nullopt);
}

TEST(DocumentAnswers, KnowThatThePageCapIsForGood) {
  const DocumentRow capped{
      429, R"({"error": "too many pages"})", {}, Kind::final, ErrorKind::network, "too many pages"};
  expect_judgement(judged(capped, "https://civitai.com/api/v1/models?page=11&limit=100"), capped);
  const DocumentRow slower{429, "{}", {}, Kind::retry, ErrorKind::rate_limited, ""};
  expect_judgement(judged(slower, "https://civitai.com/api/v1/models?page=11&cursor=a"), slower);
  const DocumentRow told{
      429, R"({"error": "Too many pages, use cursors"})", {}, Kind::final, ErrorKind::network, "no further"};
  expect_judgement(judged(told), told);
}

TEST(DocumentAnswers, LeadOnWhenTheyRedirect) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const Judgement judgement = judged({status, "", {{"location", "https://civitai.com/a"}}, Kind::redirect});
    EXPECT_EQ(judgement.kind, Kind::redirect);
    EXPECT_EQ(judgement.location, "https://civitai.com/a");
  }
  EXPECT_EQ(judged({307, "", {}, Kind::retry}).kind, Kind::retry);
  EXPECT_EQ(judged({307, "", {{"Location", ""}}, Kind::retry}).kind, Kind::retry);
}

TEST(DocumentAnswers, ShowTheTextOfARefusalWithoutControlCharacters) {
  const Judgement judgement = judged({404, R"({"error": "\u001b[2Jgone"})", {}, Kind::final});
  EXPECT_THAT(judgement.error.message, HasSubstr("?[2Jgone"));
}

TEST(DocumentAnswers, ShowNoWebPageAsText) {
  const Judgement judgement = judged({500, R"({"error": "in html"})", html, Kind::retry});
  EXPECT_THAT(judgement.error.message, ::testing::Not(HasSubstr("in html")));
}

struct StorageRow {
  int status;
  std::string type;
  StorageAnswer answer;
};

TEST(StorageAnswers, AreJudgedByStatus) {
  const std::vector<StorageRow> rows = {
      {200, "binary/octet-stream", StorageAnswer::bytes},
      {200, "", StorageAnswer::bytes},
      {206, "application/octet-stream", StorageAnswer::bytes},
      {206, "multipart/byteranges; boundary=x", StorageAnswer::bytes},
      {200, "TEXT/HTML; charset=utf-8", StorageAnswer::web_page},
      {206, "text/html", StorageAnswer::web_page},
      {301, "", StorageAnswer::redirect},
      {302, "", StorageAnswer::redirect},
      {303, "", StorageAnswer::redirect},
      {307, "", StorageAnswer::redirect},
      {308, "", StorageAnswer::redirect},
      {400, "application/xml", StorageAnswer::link_expired},
      {401, "application/json", StorageAnswer::link_expired},
      {401, "text/html", StorageAnswer::web_page},
      {403, "application/xml", StorageAnswer::link_expired},
      {403, "text/html; charset=UTF-8", StorageAnswer::web_page},
      {404, "text/html", StorageAnswer::link_expired},
      {404, "", StorageAnswer::link_expired},
      {410, "", StorageAnswer::link_expired},
      {416, "", StorageAnswer::range_refused},
      {408, "", StorageAnswer::busy},
      {429, "", StorageAnswer::too_many},
      {500, "", StorageAnswer::busy},
      {503, "text/html", StorageAnswer::busy},
      {524, "text/html", StorageAnswer::busy},
      {204, "", StorageAnswer::busy},
      {304, "", StorageAnswer::busy},
      {0, "", StorageAnswer::busy},
  };
  for (const StorageRow& row : rows) {
    net::ResponseHead head{row.status, {}, {}};
    if (!row.type.empty()) head.headers.add("content-type", row.type);
    EXPECT_EQ(judge_storage(head), row.answer) << row.status << ' ' << row.type;
  }
}

TEST(WebPages, AreKnownByTheirStart) {
  for (const std::string_view start :
       {"<!DOCTYPE html><html>", "<!doctype HTML PUBLIC", "<html>", "<HTML lang=en>", "\n\t  <html", "<head><title>",
        "\xEF\xBB\xBF<!DOCTYPE html>", " \xEF\xBB\xBF\r\n<html>"}) {
    EXPECT_TRUE(looks_like_web_page(start)) << start;
  }
  for (const std::string_view start :
       {"", "   ", "{}", "<?xml version=\"1.0\"?><Error>", "<svg>", "PK\x03\x04", "<", "<!-- x -->", "html", "<htm"}) {
    EXPECT_FALSE(looks_like_web_page(start)) << start;
  }
  EXPECT_FALSE(looks_like_web_page(std::string_view("\0\0\0\0\0\0\0\0{\"__metadata__\"", 23)));
}

}  // namespace
}  // namespace civitai::api
