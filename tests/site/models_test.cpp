#include "site/documents.hpp"
#include "site/generate.hpp"
#include "site/raw_client.hpp"
#include "site/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace standin {
namespace {

using check::get;
using check::Reply;

Json page(const Site& site, const std::string& query) {
  const Reply reply = get(site.api_url() + "/api/v1/models?" + query);
  EXPECT_EQ(reply.status, 200) << query << ": " << reply.body;
  return Json::parse(reply.body, nullptr, false);
}

std::vector<std::int64_t> ids(const Json& document) {
  std::vector<std::int64_t> found;
  for (const Json& item : document["items"]) found.push_back(item["id"]);
  return found;
}

// Every page by cursor; the ids in the order they came.
std::vector<std::int64_t> walk(const Site& site, const std::string& query) {
  std::vector<std::int64_t> found;
  std::string cursor;
  for (int guard = 0; guard < 200; ++guard) {
    const Json document = page(site, query + cursor);
    for (const std::int64_t id : ids(document)) found.push_back(id);
    if (!document["metadata"].contains("nextCursor")) return found;
    cursor = "&cursor=" + percent_encode(document["metadata"]["nextCursor"].get<std::string>());
  }
  ADD_FAILURE() << "the list does not end";
  return found;
}

class ModelList : public testing::Test {
 protected:
  Site site_{{}, generated_catalogue({.models = 60, .seed = 9, .smallest = 300, .largest = 400})};

  int status(const std::string& query, const Pairs& headers = {}) {
    return get(site_.api_url() + "/api/v1/models?" + query, headers).status;
  }
};

TEST_F(ModelList, CursorsReachEveryModelOnce) {
  for (const auto* sort : {"Highest%20Rated", "Most+Downloaded", "Newest", "Oldest", "Most%20Discussed"}) {
    const auto all = ids(page(site_, std::string("nsfw=true&sort=") + sort));
    EXPECT_GT(all.size(), 50U);
    EXPECT_EQ(walk(site_, std::string("nsfw=true&limit=7&sort=") + sort), all) << sort;
  }
}

TEST_F(ModelList, CursorsLookAsOnTheSite) {
  const Json newest = page(site_, "sort=Newest&limit=5");
  EXPECT_THAT(newest["metadata"]["nextCursor"].get<std::string>(),
              testing::ContainsRegex(R"(^[0-9-]+ [0-9:.]+\|[0-9]+$)"));
  EXPECT_THAT(newest["metadata"]["nextPage"].get<std::string>(), testing::HasSubstr("%20"));
  EXPECT_THAT(newest["metadata"]["nextPage"].get<std::string>(), testing::HasSubstr("%7C"));
  const Json rated = page(site_, "limit=5");
  EXPECT_THAT(rated["metadata"]["nextCursor"].get<std::string>(),
              testing::ContainsRegex(R"(^[0-9]+\|[0-9]+\|[0-9]+$)"));
  EXPECT_EQ(page(site_, "limit=100&nsfw=true")["metadata"], Json::object());
}

TEST_F(ModelList, RefusesCursorsOfAnotherSort) {
  EXPECT_EQ(status("cursor=1%7C2"), 400);
  EXPECT_EQ(status("sort=Newest&cursor=1%7C2%7C3"), 400);
  EXPECT_EQ(status("sort=Newest&cursor=%7C7"), 400);
  EXPECT_EQ(status("cursor=1|2|3"), 400) << "bars must be percent-encoded";
}

TEST_F(ModelList, LosesOneModelPerPageWhenAsked) {
  const auto all = ids(page(site_, "nsfw=true&sort=Newest"));
  site_.change_options([](Options& options) { options.newest_drops_one = true; });
  const auto walked = walk(site_, "nsfw=true&sort=Newest&limit=10");
  EXPECT_EQ(walked.size(), all.size() - (all.size() - 1) / 11);
  EXPECT_EQ(walk(site_, "nsfw=true&limit=10").size(), all.size()) << "number cursors lose nothing";
}

TEST_F(ModelList, CapsPagesWhenAsked) {
  site_.change_options([](Options& options) { options.page_size_cap = 3; });
  EXPECT_EQ(ids(page(site_, "limit=100")).size(), 3U);
}

TEST_F(ModelList, EndsPageModeAtAThousand) {
  EXPECT_EQ(page(site_, "page=2&limit=5")["metadata"]["currentPage"], 2);
  EXPECT_EQ(status("page=11&limit=100"), 429);
  EXPECT_EQ(status("page=2&query=mix"), 400);
}

TEST_F(ModelList, ShowsHarmlessModelsAloneUnlessAsked) {
  const auto harmless = page(site_, "limit=100")["items"];
  const auto all = page(site_, "limit=100&nsfw=1")["items"];
  EXPECT_LT(harmless.size(), all.size());
  for (const Json& item : harmless) EXPECT_EQ(item["nsfwLevel"].get<int>() & 1, 1);
  EXPECT_EQ(status("nsfw=Mature"), 400);
}

TEST_F(ModelList, HasTheTrapsOfTheSite) {
  const std::size_t all = ids(page(site_, "nsfw=true")).size();
  EXPECT_EQ(ids(page(site_, "nsfw=true&tag=no-such-tag")).size(), all) << "an unknown tag filters nothing";
  EXPECT_EQ(ids(page(site_, "nsfw=true&tag=style,concept")).size(), all);
  EXPECT_LT(ids(page(site_, "nsfw=true&tag=STYLE")).size(), all);
  EXPECT_EQ(ids(page(site_, "baseModels=SDXL%201.0,Pony")).size(), 0U);
  EXPECT_EQ(ids(page(site_, "nsfw=true&type=Checkpoint")).size(), all) << "`type` is not a parameter";
  const std::size_t checkpoints = ids(page(site_, "nsfw=true&types=Checkpoint")).size();
  const std::size_t loras = ids(page(site_, "nsfw=true&types=LORA")).size();
  EXPECT_EQ(ids(page(site_, "nsfw=true&types=Checkpoint&types=LORA")).size(), checkpoints + loras);
  for (const auto* bad : {"limit=101", "types=LORA,Checkpoint", "tag=a&tag=b", "period=Quarter", "sort=Best",
                          "allowNoCredit=true", "fileFormats=GGUF", "checkpointType=Standard", "page=0"}) {
    EXPECT_EQ(status(bad), 400) << bad;
  }
}

TEST_F(ModelList, WrapsParameterErrorsInAnObject) {
  const Json body = Json::parse(get(site_.api_url() + "/api/v1/models?limit=500").body);
  EXPECT_EQ(body["error"]["name"], "ZodError");
  EXPECT_EQ(Json::parse(body["error"]["message"].get<std::string>())[0]["path"][0], "limit");
}

TEST_F(ModelList, AsksForASessionWhereOwnListsAreMeant) {
  EXPECT_EQ(status("favorites=false"), 401);
  EXPECT_EQ(status("hidden=true", {{"Authorization", "Bearer expired-key"}}), 401);
  EXPECT_EQ(status("favorites=false", {{"Authorization", "Bearer valid-key"}}), 200);
  EXPECT_EQ(status("favorites=false&token=valid-key"), 200);
}

TEST_F(ModelList, EchoesEveryParameterInItsNextPage) {
  const Json document = page(site_, "limit=2&types=LORA&types=Checkpoint&token=valid-key");
  const std::string link = document["metadata"]["nextPage"];
  EXPECT_THAT(link, testing::StartsWith(site_.api_url() + "/api/v1/models?limit=2&types=LORA&types=Checkpoint"));
  EXPECT_THAT(link, testing::HasSubstr("token=valid-key"));
  EXPECT_EQ(get(link).status, 200);
}

TEST_F(ModelList, FiltersByUserAsTheSiteDoes) {
  EXPECT_FALSE(ids(page(site_, "nsfw=true&username=Quiet%20Foundry")).empty());
  const Reply nobody = get(site_.api_url() + "/api/v1/models?username=nobody_here");
  EXPECT_EQ(nobody.status, 404);
  EXPECT_EQ(nobody.body, R"({"message":"User not found"})");
}

TEST_F(ModelList, SearchFiltersPeriodsAfterPaging) {
  const Json document = page(site_, "nsfw=true&query=a&period=Day&limit=3");
  EXPECT_EQ(document["items"].size(), 0U);
  EXPECT_EQ(document["metadata"]["nextCursor"], "3");
}

TEST_F(ModelList, PicksOutIds) {
  const auto all = ids(page(site_, "nsfw=true"));
  const std::string query = "nsfw=true&ids=" + std::to_string(all[3]) + "," + std::to_string(all[5]);
  EXPECT_EQ(ids(page(site_, query)), (std::vector{all[3], all[5]}));
}

TEST_F(ModelList, CompressesForThoseWhoAsk) {
  const Reply reply = get(site_.api_url() + "/api/v1/models?limit=20", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(reply.header("Content-Encoding"), "gzip");
  EXPECT_EQ(reply.body.substr(0, 2), "\x1F\x8B");
  EXPECT_NE(reply.header("CF-Ray"), "");
  EXPECT_EQ(reply.header("Cache-Control"), "public, s-maxage=300, stale-while-revalidate=150");
}

TEST(Accounts, AreAnonymousWithABadKey) {
  Site site;
  const std::string me = site.api_url() + "/api/v1/me";
  EXPECT_EQ(get(me).status, 401);
  for (const auto* key : {"expired-key", "banned-key", "made-up"}) {
    EXPECT_EQ(get(me, {{"Authorization", std::string("Bearer ") + key}}).status, 401) << key;
  }
  EXPECT_EQ(get(me, {{"Authorization", "Bearer valid-key"}}).status, 200);
  EXPECT_EQ(get(me + "?token=valid-key").status, 200);
  EXPECT_EQ(get(me + "?token=valid-key", {{"Authorization", "Bearer made-up"}}).status, 401) << "the header wins";
}

TEST(People, AreListedByPages) {
  Site site({}, demo_catalogue());
  const Json creators = Json::parse(get(site.api_url() + "/api/v1/creators?limit=2&page=2").body);
  EXPECT_EQ(creators["items"].size(), 2U);
  EXPECT_EQ(creators["metadata"]["currentPage"], 2);
  EXPECT_TRUE(creators["metadata"].contains("prevPage"));
  EXPECT_FALSE(Json::parse(get(site.api_url() + "/api/v1/tags").body)["items"].empty());
  EXPECT_TRUE(Json::parse(get(site.api_url() + "/api/v1/creators?limit=0").body).is_array());
  const Json enums = Json::parse(get(site.api_url() + "/api/v1/enums").body);
  EXPECT_LT(enums["ActiveBaseModel"].size(), enums["BaseModel"].size());
  EXPECT_EQ(get(site.api_url() + "/api/v1/collections/9700001").status, 200);
  EXPECT_EQ(check::post(site.api_url() + "/api/v1/models", "{}").status, 405);
}

}  // namespace
}  // namespace standin
