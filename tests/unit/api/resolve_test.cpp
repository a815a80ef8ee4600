#include "api/client.hpp"
#include "unit/api/scripted_site.hpp"

#include <gmock/gmock.h>

namespace civitai::api {
namespace {

using test::Answer;
using test::redirect_to;
using test::transport_trouble;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string own = "https://civitai.com/api/download/models/301?fileId=501";
const std::string given = "https://civitai.com/api/download/models/301?type=Model&format=SafeTensor";
const std::string storage = "https://x.r2.cloudflarestorage.com/model/1/a.Ab1z.safetensors?X-Amz-Signature=00ff";
const Answer absent{404, R"({"error": "File not found"})"};

class Resolve : public ScriptedSite {
 protected:
  static ModelFile file(std::string url = "", std::string type = "Model") {
    ModelFile made;
    made.id = FileId{501};
    made.type = std::move(type);
    made.download_url = std::move(url);
    return made;
  }

  Result<DownloadLink> resolve(const ModelFile& wanted = file()) {
    return client.resolve(VersionId{301}, wanted, stop.get_token());
  }

  Error refusal(Answer answer) {
    http.expect(own, std::move(answer));
    auto link = resolve();
    EXPECT_FALSE(link);
    return link ? Error{} : link.error();
  }
};

TEST_F(Resolve, GivesTheSignedLinkWithoutTheKey) {
  http.expect(own, redirect_to(storage));
  const auto link = resolve();
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->url.wire(), storage);
  EXPECT_TRUE(link->bearer.empty());
  EXPECT_THAT(http.bearers(), ElementsAre("k3y"));
  EXPECT_EQ(http.requests().at(0).encoding, net::Encoding::identity);
}

TEST_F(Resolve, AcceptsEveryKindOfRedirect) {
  for (const int status : {301, 302, 303, 307, 308}) {
    http.expect(own, redirect_to(storage, status));
    EXPECT_TRUE(resolve()) << status;
  }
}

TEST_F(Resolve, KeepsTheKeyOnAHopWithinTheApi) {
  http.expect(own, redirect_to("/api/download/models/301?fileId=501&v=2", 308))
      .expect("https://civitai.com/api/download/models/301?fileId=501&v=2",
              redirect_to("https://civitai.red/api/download/models/301"))
      .expect("https://civitai.red/api/download/models/301", redirect_to(storage));
  const auto link = resolve();
  ASSERT_TRUE(link);
  EXPECT_EQ(link->url.wire(), storage);
  EXPECT_TRUE(link->bearer.empty());
  EXPECT_THAT(http.bearers(), ElementsAre("k3y", "k3y", "k3y"));
}

TEST_F(Resolve, GivesTheKeyAlongWhenTheSiteItselfServesTheBytes) {
  http.expect(own, {200, "the first bytes of a model", {{"Content-Type", "application/octet-stream"}}});
  const auto link = resolve();
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->url.wire(), own);
  EXPECT_EQ(link->bearer.reveal(), "k3y");
}

TEST_F(Resolve, TellsThatALoginIsNeeded) {
  const Error error = refusal(redirect_to("/login?returnUrl=%2Fmodel-versions%2F301&reason=download-auth"));
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_THAT(error.message, HasSubstr("signed-in"));
  EXPECT_EQ(refusal({200, "<!DOCTYPE html><html>", {{"Content-Type", "text/html"}}}).kind, ErrorKind::authentication);
  EXPECT_EQ(refusal({401, R"({"error": "Unauthorized"})"}).kind, ErrorKind::authentication);
}

TEST_F(Resolve, TellsUntilWhenAccessMustBePaidFor) {
  const Error timed = refusal({403, R"({"error": "Early Access", "deadline": "2026-06-14T10:15:09.330Z"})"});
  EXPECT_EQ(timed.kind, ErrorKind::authentication);
  EXPECT_THAT(timed.message, HasSubstr("early access until 2026-06-14"));
  EXPECT_THAT(refusal({403, R"({"error": "Early Access"})"}).message, HasSubstr("paid access"));
  EXPECT_THAT(refusal(redirect_to("/model-versions/301")).message, HasSubstr("paid access"));
}

TEST_F(Resolve, TellsThatTheModelIsArchived) {
  EXPECT_EQ(refusal({410, R"({"error": "model archived"})"}).kind, ErrorKind::skipped);
}

TEST_F(Resolve, WaitsMinutesForAUsedUpQuotaAndThenHandsItToTheCaller) {
  http.expect_often(4, own, {429, R"({"error": "come back later"})"});
  const auto link = resolve();
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().kind, ErrorKind::rate_limited);
  using std::chrono::seconds;  // minutes, and by chance a twentieth more
  EXPECT_THAT(clock.sleeps(), ElementsAre(seconds{126}, seconds{252}, seconds{504}));
}

TEST_F(Resolve, PausesEverybodyWhenOneIsToldThatItIsTooMany) {
  http.expect(own, {429, "{}"}).expect_often(2, own, redirect_to(storage));
  EXPECT_TRUE(resolve());
  EXPECT_TRUE(resolve());
  EXPECT_THAT(clock.sleeps(), ElementsAre(std::chrono::seconds{126}));
  // After a link the patience is whole again.
  http.expect_often(3, own, {429, "{}"}).expect(own, redirect_to(storage));
  EXPECT_TRUE(resolve());
}

TEST_F(Resolve, DoesNotWaitForADay) {
  const Error error = refusal({429, "{}", {{"Retry-After", "86400"}}});
  EXPECT_EQ(error.kind, ErrorKind::rate_limited);
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

// Whoever says when to come back does not mean the quota of a day.
TEST_F(Resolve, ComesBackWhenTheServerSaysWhen) {
  http.expect(own, {429, "{}", {{"Retry-After", "2"}}}).expect(own, redirect_to(storage));
  EXPECT_TRUE(resolve());
  EXPECT_EQ(clock.sleeps().front(), Milliseconds{2100});
}

TEST_F(Resolve, AsksThreeTimesForAFileThatIsNotFound) {
  http.expect_often(2, own, absent).expect(own, redirect_to(storage));
  EXPECT_TRUE(resolve());
  http.expect_often(3, own, absent);
  const auto link = resolve();
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().kind, ErrorKind::not_found);
}

TEST_F(Resolve, FallsBackOnTheSitesOwnUrl) {
  http.expect_often(3, own, absent).expect(given, redirect_to(storage));
  const auto link = resolve(file(given));
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->url.wire(), storage);
}

TEST_F(Resolve, EndsWhenTheSitesOwnUrlLeadsNowhereEither) {
  http.expect_often(3, own, absent).expect_often(3, given, absent);
  EXPECT_EQ(resolve(file(given)).error().kind, ErrorKind::not_found);
}

TEST_F(Resolve, AsksNoUrlTwiceThatIsTheSame) {
  http.expect_often(3, own, absent);
  EXPECT_EQ(resolve(file(own)).error().kind, ErrorKind::not_found);
  http.expect_often(3, own, absent);
  EXPECT_EQ(resolve(file("https://civitai.red/models/301")).error().kind, ErrorKind::not_found);
}

TEST_F(Resolve, AsksTheSitesOwnUrlFirstForALinkedComponent) {
  const std::string vae = "https://civitai.com/api/download/models/301?type=VAE";
  http.expect(vae, redirect_to(storage));
  EXPECT_TRUE(resolve(file(vae, "VAE")));
  http.expect_often(3, vae, absent).expect(own, redirect_to(storage));
  EXPECT_TRUE(resolve(file(vae, "VAE")));
}

TEST_F(Resolve, TriesAgainAfterTroubleThatMayPass) {
  http.expect(own, {500, "{}"})
      .expect(own, transport_trouble())
      .expect(own, {307, ""})
      .expect(own, redirect_to(storage));
  EXPECT_TRUE(resolve());
}

TEST_F(Resolve, TakesARefusalForFinal) {
  for (const int status : {400, 401, 403, 410, 451}) {
    refusal({status, "{}"});
  }
  EXPECT_THAT(http.requests(), SizeIs(5));
}

TEST_F(Resolve, LeavesACircleOfRedirects) {
  http.expect_often(11, own, redirect_to(own));
  EXPECT_EQ(resolve().error().kind, ErrorKind::network);
}

TEST_F(Resolve, FollowsNoRedirectOutOfHttps) {
  EXPECT_EQ(refusal(redirect_to("http://x.r2.cloudflarestorage.com/a?X-Amz-Signature=00")).kind, ErrorKind::insecure);
  EXPECT_EQ(refusal(redirect_to("file:///etc/passwd")).kind, ErrorKind::insecure);
}

TEST_F(Resolve, StopsWhenAsked) {
  http.expect(own, {503, "{}"});
  clock.before_sleep([&] { stop.request_stop(); });
  EXPECT_EQ(resolve().error().kind, ErrorKind::cancelled);
}

TEST_F(Resolve, AsksForAKeyOnlyWhoHasNone) {
  Client anonymous(Context{http, clock, log.log(), [] { return 0.5; }}, site_with(""));
  http.expect(own, {401, R"({"error": "Unauthorized", "message": "log in"})"});
  const auto link = anonymous.resolve(VersionId{301}, file(), {});
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().hint, HasSubstr("create a key"));
  EXPECT_THAT(http.bearers(), ElementsAre(""));
  EXPECT_THAT(refusal({401, R"({"error": "Unauthorized"})"}).message, HasSubstr("switched downloads off"));
}

// The text of a refusal is kept only as far as it can be of use.
TEST_F(Resolve, ReadsNoEndlessRefusal) {
  const Error error = refusal({403, R"({"error": ")" + std::string(1 << 20, 'x') + R"("})"});
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_LT(error.message.size(), 1000U);
}

}  // namespace
}  // namespace civitai::api
