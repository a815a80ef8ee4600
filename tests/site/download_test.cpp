#include "site/documents.hpp"
#include "site/raw_client.hpp"
#include "site/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace standin {
namespace {

using check::get;
using check::Reply;

constexpr const char* browser = "Mozilla/5.0 (X11)";

Catalogue catalogue() {
  Catalogue made;
  made.add({.id = 10,
            .versions = {{.id = 20,
                          .files = {{.id = 30, .name = "main.safetensors", .size_class = "pruned", .precision = "fp16"},
                                    {.id = 31, .name = "full.safetensors", .size_class = "full", .precision = "fp32"},
                                    {.id = 32, .name = "q8.gguf", .format = "GGUF", .quantisation = "Q8_0"},
                                    {.id = 33, .name = "vae.safetensors", .type = "VAE", .linked = true},
                                    {.id = 34, .visible = false}}},
                         {.id = 21, .usage_control = "Generation", .files = {{}}},
                         {.id = 22, .requires_login = true, .files = {{}}},
                         {.id = 23, .paid_access = PaidAccess{.ends_at = "2099-01-01T00:00:00.000Z"}, .files = {{}}},
                         {.id = 24, .paid_access = PaidAccess{.permanent = true}, .files = {{}}},
                         {.id = 25, .paid_access = PaidAccess{.ends_at = "2020-01-01T00:00:00.000Z"}, .files = {{}}},
                         {.id = 26, .availability = "Private", .files = {{}}},
                         {.id = 27, .status = "Draft", .files = {{}}}}});
  made.add({.id = 11, .mode = "Archived", .versions = {{.id = 28, .files = {{}}}}});
  made.add({.id = 12, .poi = true, .versions = {{.id = 29, .files = {{}}}}});
  return made;
}

class Download : public testing::Test {
 protected:
  Site site_{{}, catalogue()};

  Reply ask(const std::string& tail, const std::string& key = "", const std::string& agent = "tester/1") {
    Pairs headers = {{"User-Agent", agent}};
    if (!key.empty()) headers.emplace_back("Authorization", "Bearer " + key);
    return get(site_.api_url() + "/api/download/models/" + tail, headers);
  }
  std::int64_t chosen(const std::string& tail) {
    const Reply reply = ask(tail);
    EXPECT_EQ(reply.status, 307) << tail << reply.body;
    return site_.journal().entries("download").back().subject.file_id;
  }
};

TEST_F(Download, RedirectsWithTheLinkAsItsBody) {
  const Reply reply = ask("20");
  EXPECT_EQ(reply.status, 307);
  EXPECT_EQ(reply.body, reply.header("Location"));
  EXPECT_THAT(reply.body, testing::StartsWith(site_.storage_url() + "/model/"));
  EXPECT_THAT(reply.head, testing::HasSubstr("\r\nlocation: "));
  EXPECT_THAT(reply.head, testing::HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_EQ(reply.header("Cache-Control"), "no-store, max-age=0");
  EXPECT_EQ(site_.journal().resolves(30), 1U);
}

TEST_F(Download, ChoosesByIdOrByScore) {
  EXPECT_EQ(chosen("20"), 30);
  EXPECT_EQ(chosen("20?fileId=32"), 32);
  EXPECT_EQ(chosen("20?format=GGUF"), 32);
  EXPECT_EQ(chosen("20?type=Model&size=full&fp=fp32"), 31);
  EXPECT_EQ(chosen("20?type=VAE"), 33);
}

TEST_F(Download, HasNothingForWrongChoices) {
  for (const auto* tail :
       {"20?fileId=33", "20?fileId=34", "20?fileId=999", "20?type=Config", "20?format=ONNX", "999"}) {
    const Reply reply = ask(tail);
    EXPECT_EQ(reply.status, 404) << tail;
    EXPECT_EQ(reply.body, R"({"error":"File not found"})") << tail;
  }
}

TEST_F(Download, RefusesBadParameters) {
  for (const auto* tail : {"abc", "0", "20?size=huge", "20?fileId=x", "20?format=Zip"}) {
    EXPECT_EQ(ask(tail).status, 400) << tail;
  }
  EXPECT_THAT(ask("20?size=huge").body, testing::StartsWith("{\"error\":\"✖ "));
}

TEST_F(Download, KeepsToTheTableOfTheSite) {
  EXPECT_EQ(ask("20", "blocked-key").status, 403);
  EXPECT_EQ(ask("28").status, 410);
  EXPECT_EQ(ask("29").status, 404);
  EXPECT_EQ(ask("27").status, 404);
  EXPECT_THAT(ask("21", "valid-key").body, testing::HasSubstr("disabled downloads"));
  EXPECT_EQ(ask("22").status, 401);
  EXPECT_EQ(ask("22", "expired-key").status, 401);
  EXPECT_EQ(ask("22", "valid-key").status, 307);
  EXPECT_EQ(Json::parse(ask("23").body)["deadline"], "2099-01-01T00:00:00.000Z");
  EXPECT_FALSE(Json::parse(ask("24").body).contains("deadline"));
  EXPECT_EQ(ask("24", "owner-key").status, 307);
  EXPECT_EQ(ask("25").status, 307) << "early access that is over";
  EXPECT_EQ(ask("26").status, 401);
  EXPECT_EQ(ask("26", "valid-key").status, 403);
  EXPECT_EQ(ask("26", "owner-key").status, 307);
  EXPECT_EQ(ask("20", "no-grant-key").status, 403);
}

TEST_F(Download, SendsBrowsersToPages) {
  const Reply login = ask("22", "", browser);
  EXPECT_EQ(login.status, 307);
  EXPECT_EQ(login.header("Location"), "/login?returnUrl=%2Fmodel-versions%2F22&reason=download-auth");
  EXPECT_EQ(get(site_.api_url() + login.header("Location")).header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(ask("23", "", "operator-tool/1").header("Location"), "/model-versions/23") << "'opera' is in there";
  EXPECT_EQ(ask("999", "", browser).body, "File not found");
}

TEST_F(Download, NeedsALoginWhereTheWholeSiteDoes) {
  site_.change_options([](Options& options) { options.login = Login::required; });
  EXPECT_EQ(ask("20").status, 401);
  EXPECT_EQ(ask("20?token=valid-key").status, 307);
}

TEST_F(Download, CountsAgainstAQuotaWithoutRetryAfter) {
  site_.change_options([](Options& options) { options.download_quota = 2; });
  EXPECT_EQ(ask("20").status, 307);
  EXPECT_EQ(ask("20").status, 307);
  const Reply refused = ask("20");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "");
  EXPECT_EQ(ask("20", "valid-key").status, 307);
}

TEST_F(Download, RefusesHead) {
  EXPECT_EQ(check::request("HEAD", site_.api_url() + "/api/download/models/20").status, 401);
}

TEST_F(Download, LeadsToAnotherServerWhenAsked) {
  site_.change_options([](Options& options) { options.storage_url = "http://127.0.0.1:9"; });
  EXPECT_EQ(ask("20?fileId=31").header("Location"), "http://127.0.0.1:9/31");
}

}  // namespace
}  // namespace standin
