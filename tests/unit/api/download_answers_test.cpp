#include "api/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace civitai::api {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using Kind = Judgement::Kind;

const SystemTime that_noon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2} + std::chrono::hours{12}};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

Judgement judged(int status, std::string body, KeyUse key, const HeaderList& headers = {}) {
  net::Response response{{status, {}, {}}, std::move(body)};
  for (const auto& [name, value] : headers) response.head.headers.add(name, value);
  return judge_download(response, key, that_noon);
}

Judgement redirected(std::string location, KeyUse key = KeyUse::with_key) {
  return judged(307, location, key, {{"location", location}});
}

struct Row {
  int status;
  std::string body;
  HeaderList headers;
  Kind kind;
  ErrorKind error = ErrorKind::internal;
  std::string says = "";
};

TEST(DownloadAnswers, AreJudgedByStatusAndContent) {
  const std::vector<Row> rows = {
      {200, "", {{"Content-Type", "application/octet-stream"}}, Kind::good},
      {206, "", {}, Kind::good},
      {200, "<!DOCTYPE html><html>login</html>", {}, Kind::final, ErrorKind::authentication, "signed-in"},
      {200, "", {{"Content-Type", "text/html"}}, Kind::final, ErrorKind::authentication, "signed-in"},
      {403, R"({"error": "Forbidden"})", {}, Kind::final, ErrorKind::authentication, "Forbidden"},
      {403, R"({"error": "no access to this file"})", {}, Kind::final, ErrorKind::authentication, "no grant"},
      {403,
       R"({"error": "Early Access", "deadline": "2026-06-14T10:15:09.330Z", "message": "m"})",
       {},
       Kind::final,
       ErrorKind::authentication,
       "early access until 2026-06-14"},
      {403, R"({"error": "Early Access", "message": "m"})", {}, Kind::final, ErrorKind::authentication, "paid access"},
      {403, "error code: 1010", {}, Kind::final, ErrorKind::network, "edge"},
      {403, "{}", {{"CF-Mitigated", "challenge"}}, Kind::final, ErrorKind::network, "edge"},
      {403, "<html></html>", {}, Kind::final, ErrorKind::network, "edge"},
      {429, R"({"error": "unusual amount of downloading"})", {}, Kind::retry, ErrorKind::rate_limited, "quota"},
      {400, "{\"error\": \"\u2716 invalid option\\n  at size\"}", {}, Kind::final, ErrorKind::usage, "invalid option"},
      {404, R"({"error": "File not found"})", {}, Kind::retry, ErrorKind::not_found, "does not find"},
      {404, "{}", {{"Cache-Control", "private, no-store"}}, Kind::retry, ErrorKind::not_found, "does not find"},
      {410, R"({"error": "model archived"})", {}, Kind::final, ErrorKind::skipped, "archived"},
      {451, "{}", {}, Kind::final, ErrorKind::authentication, "country"},
      {408, "", {}, Kind::retry, ErrorKind::network, "408"},
      {500, R"({"error": "internal"})", {}, Kind::retry, ErrorKind::network, "500"},
      {503, "", {}, Kind::retry, ErrorKind::network, "503"},
      {524, "<html>", {{"Content-Type", "text/html"}}, Kind::retry, ErrorKind::network, "524"},
      {405, "", {}, Kind::final, ErrorKind::network, "405"},
  };
  for (const Row& row : rows) {
    for (const KeyUse key : {KeyUse::with_key, KeyUse::without_key}) {
      const Judgement judgement = judged(row.status, row.body, key, row.headers);
      EXPECT_EQ(judgement.kind, row.kind) << row.status << ' ' << row.body;
      if (row.kind == Kind::good) continue;
      EXPECT_EQ(judgement.error.kind, row.error) << row.status << ' ' << row.body;
      EXPECT_THAT(judgement.error.message, HasSubstr(row.says)) << row.status;
    }
  }
}

TEST(DownloadAnswers, DemandAKeyOnlyOfWhoHasNone) {
  const Judgement without = judged(401, R"({"error": "Unauthorized", "message": "log in"})", KeyUse::without_key);
  EXPECT_EQ(without.kind, Kind::final);
  EXPECT_EQ(without.error.kind, ErrorKind::authentication);
  EXPECT_THAT(without.error.message, HasSubstr("signed-in users only"));
  EXPECT_THAT(without.error.hint, HasSubstr("key"));
  const Judgement with = judged(401, R"({"error": "Unauthorized", "message": "disabled downloads"})", KeyUse::with_key);
  EXPECT_EQ(with.kind, Kind::final);
  EXPECT_EQ(with.error.kind, ErrorKind::authentication);
  EXPECT_THAT(with.error.message, HasSubstr("switched downloads off"));
}

TEST(DownloadAnswers, DoNotBlameTheCreatorForALoginThatIsMissing) {
  const std::string body = R"({"error": "Unauthorized", "message": "you must be logged in to download this asset"})";
  const Judgement judgement = judged(401, body, KeyUse::with_key);
  EXPECT_EQ(judgement.error.kind, ErrorKind::authentication);
  EXPECT_THAT(judgement.error.message, HasSubstr("does not count the key as a sign-in"));
  EXPECT_THAT(judgement.error.hint, HasSubstr("new key"));
}

TEST(DownloadAnswers, TellWhatToDoAboutEarlyAccess) {
  const Judgement timed = judged(403, R"({"deadline": "2026-06-14T10:15:09.330Z"})", KeyUse::with_key);
  EXPECT_THAT(timed.error.hint, HasSubstr("again after that day"));
  EXPECT_THAT(judged(403, R"({"error": "Early Access"})", KeyUse::with_key).error.hint, HasSubstr("its page"));
}

TEST(DownloadAnswers, CarryTheTimeThatTheServerAskedFor) {
  EXPECT_EQ(judged(503, "", KeyUse::with_key, {{"Retry-After", "2"}}).retry_after, seconds{2});
  EXPECT_EQ(judged(429, "", KeyUse::with_key).retry_after, std::nullopt);
  const Judgement slower = judged(429, "{}", KeyUse::with_key, {{"Retry-After", "37"}});
  EXPECT_EQ(slower.kind, Kind::retry);
  EXPECT_EQ(slower.error.kind, ErrorKind::rate_limited);
  EXPECT_EQ(slower.retry_after, seconds{37});
  EXPECT_THAT(slower.error.message, HasSubstr("slow down"));
}

TEST(DownloadRedirects, LeadToTheStorage) {
  for (const std::string_view location :
       {"https://x.r2.cloudflarestorage.com/model/1/a.Ab1z.safetensors?X-Amz-Signature=00",
        "https://b2.civitai.com/file/civitai-modelfiles/model/1/a.safetensors?Authorization=3_a",
        "https://civitai.com/api/download/models/6?fileId=7", "/api/download/models/6",
        // Names of files and users may look like pages.
        "https://x.r2.cloudflarestorage.com/model/1/loginScreen_v1.Ab1z.safetensors?X-Amz-Signature=00",
        "https://b2.civitai.com/file/civitai-modelfiles/model/1/login.zip?Authorization=3_a",
        "https://x.r2.cloudflarestorage.com/models/1/a.zip?X-Amz-Signature=00",
        "https://x.r2.cloudflarestorage.com/model-versions/1.zip", "https://storage.example/login-data/a.zip"}) {
    const Judgement judgement = redirected(std::string(location));
    EXPECT_EQ(judgement.kind, Kind::redirect) << location;
    EXPECT_EQ(judgement.location, location);
  }
}

TEST(DownloadRedirects, ToTheLoginMeanThatAKeyIsNeeded) {
  for (const std::string_view location : {"/login?returnUrl=%2Fmodel-versions%2F6&reason=download-auth", "/login",
                                          "/login/oauth", "https://civitai.com/login?returnUrl=%2Fapi%2Fdownload",
                                          "https://auth.civitai.com/login?x=1", "//civitai.com/login"}) {
    const Judgement judgement = redirected(std::string(location));
    EXPECT_EQ(judgement.kind, Kind::final) << location;
    EXPECT_EQ(judgement.error.kind, ErrorKind::authentication) << location;
    EXPECT_THAT(judgement.error.message, HasSubstr("signed-in")) << location;
  }
}

TEST(DownloadRedirects, ToThePageOfTheModelMeanThatItMustBePaidFor) {
  for (const std::string_view location :
       {"/model-versions/6", "/models/5?modelVersionId=6", "https://civitai.com/model-versions/6",
        "https://civitai.red/models/5/name?modelVersionId=6", "//civitai.com/models/5"}) {
    const Judgement judgement = redirected(std::string(location));
    EXPECT_EQ(judgement.kind, Kind::final) << location;
    EXPECT_EQ(judgement.error.kind, ErrorKind::authentication) << location;
    EXPECT_THAT(judgement.error.message, HasSubstr("paid access")) << location;
  }
}

TEST(DownloadRedirects, WithoutATargetAreTriedAgain) { EXPECT_EQ(judged(307, "", KeyUse::with_key).kind, Kind::retry); }

}  // namespace
}  // namespace civitai::api
