#include "api/client.hpp"

#include "support/site_json.hpp"
#include "unit/api/scripted_site.hpp"

#include <gmock/gmock.h>

namespace civitai::api {
namespace {

using test::Answer;
using test::model_fields;
using test::redirect_to;
using test::transport_trouble;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string model_at = "https://civitai.com/api/v1/models/201";

class ApiClient : public ScriptedSite {
 protected:
  Result<Model> model() { return client.model(ModelId{201}, stop.get_token()); }
  Answer good() { return {200, model_fields().text()}; }
};

TEST_F(ApiClient, AsksOnceWhenTheAnswerIsGood) {
  http.expect(model_at, good());
  const auto found = model();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->name, "Harbour Lights");
  EXPECT_THAT(clock.sleeps(), IsEmpty());
  EXPECT_THAT(log.lines(), IsEmpty());
}

TEST_F(ApiClient, SendsTheKeyAndWelcomesCompression) {
  http.expect(model_at, good());
  ASSERT_TRUE(model());
  const net::Request& request = http.requests().at(0);
  EXPECT_EQ(request.bearer.reveal(), "k3y");
  EXPECT_EQ(request.encoding, net::Encoding::compressed);
  EXPECT_EQ(request.total_timeout, Milliseconds{60'000});
  EXPECT_FALSE(request.range);
}

TEST_F(ApiClient, TriesAgainAfterTroubleThatMayPass) {
  http.expect(model_at, {503, R"({"error": "busy"})"})
      .expect(model_at, {524, "<html>", {{"Content-Type", "text/html"}}})
      .expect(model_at, transport_trouble())
      .expect(model_at, {429, "{}"})
      .expect(model_at, good());
  EXPECT_TRUE(model());
  EXPECT_THAT(clock.sleeps(),
              ElementsAre(Milliseconds{750}, Milliseconds{1500}, Milliseconds{3000}, Milliseconds{6000}));
  EXPECT_THAT(log.lines(), SizeIs(4));
  EXPECT_THAT(log.lines(), Contains(HasSubstr("model 201: connection reset; trying again in 3.0 s")));
}

TEST_F(ApiClient, GivesUpWhenTheTriesAreUsedUp) {
  http.expect_often(5, model_at, {503, R"({"error": "still busy"})"});
  const auto found = model();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::network);
  EXPECT_THAT(found.error().message, HasSubstr("model 201: "));
  EXPECT_THAT(found.error().message, HasSubstr("still busy"));
}

TEST_F(ApiClient, WaitsAsLongAsTheServerAsks) {
  http.expect(model_at, {503, "{}", {{"Retry-After", "2"}}})
      .expect(model_at, {429, "{}", {{"Retry-After", "Mon, 01 Jun 2026 00:01:00 GMT"}}})
      .expect(model_at, {429, "{}", {{"Retry-After", "86400"}}})
      .expect(model_at, good());
  EXPECT_TRUE(model());
  // The second names a point in time, of which the first pause has used up 2.1 s.
  EXPECT_THAT(clock.sleeps(), ElementsAre(Milliseconds{2100}, Milliseconds{57'900 + 2895}, Milliseconds{315'000}));
}

TEST_F(ApiClient, TakesAFinalAnswerForFinal) {
  for (const int status : {400, 401, 403, 404, 405, 410, 451, 499}) {
    http.expect(model_at, {status, R"({"error": "no"})"});
    EXPECT_FALSE(model()) << status;
  }
  EXPECT_THAT(clock.sleeps(), Each(Milliseconds{200}));
}

TEST_F(ApiClient, AsksNoFurtherPagesWhenTheSitePagesNoFurther) {
  const std::string page = "https://civitai.com/api/v1/models?page=11&limit=100";
  http.expect(page, {429, R"({"error": "too many pages"})"});
  const auto found = client.models(*net::Url::parse(page), 11, stop.get_token());
  ASSERT_FALSE(found);
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(ApiClient, TakesAWebPageInPlaceOfDataForPassingTrouble) {
  const Answer page{200, "<!DOCTYPE html><html>maintenance</html>", {{"Content-Type", "text/html"}}};
  http.expect(model_at, page).expect(model_at, good());
  EXPECT_TRUE(model());
  http.expect_often(5, model_at, page);
  const auto found = model();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::network);
  EXPECT_THAT(found.error().message, HasSubstr("web page"));
}

TEST_F(ApiClient, NamesThePageOfTheListInWarningsAndErrors) {
  const std::string page = "https://civitai.com/api/v1/models?limit=100&cursor=x";
  http.expect_often(5, page, {503, "{}"});
  const auto found = client.models(*net::Url::parse(page), 3, stop.get_token());
  ASSERT_FALSE(found);
  EXPECT_THAT(log.lines().at(0), HasSubstr("model list, page 3: the site is in trouble"));
  EXPECT_THAT(found.error().message, StartsWith("model list, page 3: the site is in trouble"));
}

TEST_F(ApiClient, FetchesAnAnswerThatIsTooLargeOnce) {
  http.expect(model_at, transport_trouble("the answer is larger than 128.0 MiB", ErrorKind::insecure));
  EXPECT_FALSE(model());
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(ApiClient, TakesACutDocumentForPassingTrouble) {
  const std::string whole = model_fields().text();
  http.expect(model_at, {200, whole.substr(0, whole.size() / 2)}).expect(model_at, {200, ""}).expect(model_at, good());
  EXPECT_TRUE(model());
  EXPECT_THAT(http.requests(), SizeIs(3));
}

TEST_F(ApiClient, TrustsNoPeerTwice) {
  http.expect(model_at, transport_trouble("certificate has expired", ErrorKind::insecure));
  EXPECT_EQ(model().error().kind, ErrorKind::insecure);
}

TEST_F(ApiClient, KeepsItsDistanceBetweenRequests) {
  http.expect_often(3, model_at, good());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(model());
  EXPECT_THAT(clock.sleeps(), ElementsAre(Milliseconds{200}, Milliseconds{200}));
}

TEST_F(ApiClient, FollowsTheSiteToItsOtherNameWithTheKey) {
  Client green(Context{http, clock, log.log(), [] { return 0.5; }},
               {.base = *net::Url::parse("https://civitai.green"), .key = Secret("k3y")});
  http.expect("https://civitai.green/api/v1/models/201", redirect_to(model_at)).expect(model_at, good());
  EXPECT_TRUE(green.model(ModelId{201}, {}));
  EXPECT_THAT(http.bearers(), ElementsAre("k3y", "k3y"));
}

TEST_F(ApiClient, FollowsARelativeRedirect) {
  http.expect(model_at, redirect_to("/api/v2/models/201", 308)).expect("https://civitai.com/api/v2/models/201", good());
  EXPECT_TRUE(model());
}

TEST_F(ApiClient, FollowsNoRedirectToAnotherHost) {
  for (const std::string_view target :
       {"https://evil.example/api/v1/models/201", "https://civitai.com.evil.example/", "https://b2.civitai.com/x"}) {
    http.expect(model_at, redirect_to(std::string(target)));
    const auto found = model();
    ASSERT_FALSE(found) << target;
    EXPECT_EQ(found.error().kind, ErrorKind::network);
  }
}

TEST_F(ApiClient, FollowsNoRedirectOutOfHttps) {
  for (const std::string_view target : {"http://civitai.com/api/v1/models/201", "file:///etc/passwd"}) {
    http.expect(model_at, redirect_to(std::string(target)));
    const auto found = model();
    ASSERT_FALSE(found) << target;
    EXPECT_EQ(found.error().kind, ErrorKind::insecure);
  }
}

TEST_F(ApiClient, LeavesACircleOfRedirects) {
  http.expect_often(11, model_at, redirect_to(model_at));
  const auto found = model();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::network);
  EXPECT_THAT(found.error().message, HasSubstr("circle"));
}

TEST_F(ApiClient, AsksNothingOnceItIsStopped) {
  stop.request_stop();
  const auto found = model();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::cancelled);
  EXPECT_THAT(http.requests(), IsEmpty());
}

TEST_F(ApiClient, StopsInThePauseBetweenTries) {
  http.expect(model_at, {503, "{}"});
  clock.before_sleep([&] { stop.request_stop(); });
  const auto found = model();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::cancelled);
}

TEST_F(ApiClient, ReadsAVersion) {
  http.expect("https://civitai.com/api/v1/model-versions/301",
              {200, R"({"id": 301, "modelId": 201, "model": {"name": "n", "type": "LORA"}})"});
  const auto found = client.version(VersionId{301}, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, ModelId{201});
  http.expect("https://civitai.com/api/v1/model-versions/302", {404, R"({"error": "Model not found"})"});
  const auto missing = client.version(VersionId{302}, {});
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("model version 302"));
}

const std::string me = "https://civitai.com/api/v1/me";

TEST_F(ApiClient, TellsWhoseKeyItIs) {
  http.expect(me, {200, R"({"id": 1, "username": "quay_works"})"});
  EXPECT_EQ(client.account({}), "quay_works");
}

TEST_F(ApiClient, TellsThatTheKeyIsRefused) {
  http.expect(me, {401, R"({"error": "Unauthorized"})"});
  const auto refused = client.account({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::authentication);
  EXPECT_THAT(refused.error().message, HasSubstr("wrong, expired or revoked"));
  EXPECT_THAT(refused.error().message + refused.error().hint, Not(HasSubstr("k3y")));
  http.expect_often(5, me, {500, "{}"});
  EXPECT_EQ(client.account({}).error().kind, ErrorKind::network);
}

TEST_F(ApiClient, AsksForTheNumberOfACreatorsModels) {
  const std::string url = "https://civitai.com/api/v1/creators?query=quay%20works&limit=20";
  http.expect(url, {200, R"({"items": [{"username": "quay works", "modelCount": 41}]})"});
  EXPECT_EQ(client.model_count("quay works", {}).value(), 41);
  http.expect(url, {200, R"({"items": []})"});
  EXPECT_EQ(client.model_count("quay works", {}).value(), std::nullopt);
}

TEST_F(ApiClient, TellsNobodyTheKey) {
  http.expect(model_at, {503, R"({"error": "busy"})"}).expect(model_at, {401, R"({"error": "Unauthorized"})"});
  const auto found = model();
  EXPECT_THAT(found.error().message + found.error().hint, Not(HasSubstr("k3y")));
  for (const std::string& line : log.lines()) EXPECT_THAT(line, Not(HasSubstr("k3y")));
}

}  // namespace
}  // namespace civitai::api
