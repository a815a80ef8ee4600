#include "api/urls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;

const net::Url base = *net::Url::parse("https://civitai.com");

std::string models(const ModelQuery& query, const ModelPass& pass = {},
                   const std::optional<std::string>& cursor = std::nullopt) {
  return models_url(base, query, pass, cursor).wire();
}

TEST(ModelsUrl, SaysEverythingThatHasADefaultOnTheSite) {
  EXPECT_EQ(models({}), "https://civitai.com/api/v1/models?limit=100&sort=Most%20Downloaded&period=AllTime&nsfw=false");
}

TEST(ModelsUrl, RepeatsTypesAndBaseModels) {
  ModelQuery query;
  query.types = {"LORA", "LoCon"};
  query.base_models = {"SDXL 1.0", "Flux.1 D"};
  query.nsfw = true;
  query.sort = "Newest";
  query.period = "Month";
  EXPECT_EQ(models(query),
            "https://civitai.com/api/v1/models?limit=100&types=LORA&types=LoCon&baseModels=SDXL%201.0"
            "&baseModels=Flux.1%20D&sort=Newest&period=Month&nsfw=true");
}

TEST(ModelsUrl, CarriesOneTagAndOneUserName) {
  ModelQuery query;
  query.tags = {"not this one"};
  query.query = "a & b";
  EXPECT_EQ(models(query, {"sci-fi, étoile", "Some One"}),
            "https://civitai.com/api/v1/models?limit=100&query=a%20%26%20b&tag=sci-fi%2C%20%C3%A9toile"
            "&username=Some%20One&sort=Most%20Downloaded&period=AllTime&nsfw=false");
}

TEST(ModelsUrl, EncodesTheCursor) {
  EXPECT_THAT(models({}, {}, "2026-05-30 08:15:44.201|9100300"),
              ::testing::EndsWith("&nsfw=false&cursor=2026-05-30%2008%3A15%3A44.201%7C9100300"));
  EXPECT_THAT(models({}, {}, "|257749"), ::testing::EndsWith("&cursor=%7C257749"));
  EXPECT_THAT(models({}, {}, "a+b&token=c"), ::testing::EndsWith("&cursor=a%2Bb%26token%3Dc"));
}

TEST(ModelsUrl, AsksForNoMoreThanIsWantedAndThanThereIs) {
  for (const auto& [limit, size] :
       {std::pair(0, 100), {1, 1}, {7, 7}, {100, 100}, {101, 100}, {5000, 100}, {-3, 100}}) {
    ModelQuery query;
    query.limit = limit;
    EXPECT_EQ(models_url(base, query, {}, {}).query_value("limit"), std::to_string(size));
  }
}

TEST(ModelsUrl, LeavesEmptyWordsOut) {
  ModelQuery query;
  query.sort = "";
  query.period = "";
  EXPECT_EQ(models(query), "https://civitai.com/api/v1/models?limit=100&nsfw=false");
}

TEST(Passes, CoverEveryCombinationOfTagsAndUserNames) {
  ModelQuery query;
  EXPECT_THAT(passes_of(query), ElementsAre(FieldsAre("", "")));
  query.tags = {"a", "b"};
  EXPECT_THAT(passes_of(query), ElementsAre(FieldsAre("a", ""), FieldsAre("b", "")));
  query.usernames = {"x", "y"};
  EXPECT_THAT(passes_of(query),
              ElementsAre(FieldsAre("a", "x"), FieldsAre("a", "y"), FieldsAre("b", "x"), FieldsAre("b", "y")));
  query.tags.clear();
  EXPECT_THAT(passes_of(query), ElementsAre(FieldsAre("", "x"), FieldsAre("", "y")));
}

TEST(ObjectUrls, NameTheIds) {
  EXPECT_EQ(model_url(base, ModelId{5}).wire(), "https://civitai.com/api/v1/models/5");
  EXPECT_EQ(version_url(base, VersionId{6}).wire(), "https://civitai.com/api/v1/model-versions/6");
  EXPECT_EQ(download_url(base, VersionId{6}, FileId{7}).wire(), "https://civitai.com/api/download/models/6?fileId=7");
  EXPECT_EQ(download_url(base, VersionId{6}, FileId{}).wire(), "https://civitai.com/api/download/models/6");
  const net::Url mirror = *net::Url::parse("http://127.0.0.1:8080/civitai/");
  EXPECT_EQ(model_url(mirror, ModelId{5}).wire(), "http://127.0.0.1:8080/civitai/api/v1/models/5");
}

TEST(ImagesUrl, SaysTheLevelAndAsksForTheData) {
  EXPECT_EQ(images_url(base, {}, {}).wire(),
            "https://civitai.com/api/v1/images?limit=100&browsingLevel=31&sort=Newest&period=AllTime&withMeta=true");
  ImageQuery query;
  query.image_id = ImageId{1};
  query.post_id = PostId{2};
  query.model_id = ModelId{3};
  query.version_id = VersionId{4};
  query.username = "some one";
  query.nsfw = "Soft";
  query.media_type = "video";
  query.base_models = {"SDXL 1.0", "Pony"};
  query.limit = 500;
  EXPECT_EQ(images_url(base, query, "100|1748851213042").wire(),
            "https://civitai.com/api/v1/images?limit=200&imageId=1&postId=2&modelId=3&modelVersionId=4"
            "&username=some%20one&browsingLevel=3&type=video&baseModels=SDXL%201.0%2CPony&sort=Newest&period=AllTime"
            "&withMeta=true&cursor=100%7C1748851213042");
}

struct LevelRow {
  std::string_view word;
  int bits;
  int level;
};

TEST(BrowsingLevel, IsWhatTheWordMeansUnlessBitsAreGiven) {
  const std::vector<LevelRow> rows = {
      {"", 0, 31},        {"None", 0, 1},   {"Soft", 0, 3},  {"Mature", 0, 7}, {"X", 0, 31},
      {"Blocked", 0, 32}, {"true", 0, 31},  {"false", 0, 1}, {"mature", 0, 7}, {"TRUE", 0, 31},
      {"unheard", 0, 31}, {"None", 12, 12}, {"", 1, 1},      {"X", -1, 31},
  };
  for (const LevelRow& row : rows) {
    ImageQuery query;
    query.nsfw = row.word;
    query.browsing_level = row.bits;
    EXPECT_EQ(browsing_level_of(query), row.level) << row.word << ' ' << row.bits;
  }
}

struct GivenRow {
  std::string_view given;
  std::optional<std::string> url;
};

TEST(GivenDownloadUrl, IsMovedToOurBase) {
  const std::vector<GivenRow> rows = {
      {"https://civitai.com/api/download/models/6", "https://civitai.com/api/download/models/6"},
      {"https://civitai.red/api/download/models/6?fileId=7", "https://civitai.com/api/download/models/6?fileId=7"},
      {"https://civitai.com/api/download/models/6?type=Training%20Data",
       "https://civitai.com/api/download/models/6?type=Training%20Data"},
      {"https://civitai.com/api/download/models/6?type=Pruned+Model&format=PickleTensor",
       "https://civitai.com/api/download/models/6?type=Pruned%20Model&format=PickleTensor"},
      {"https://undefined/api/download/models/6", "https://civitai.com/api/download/models/6"},
      {"//civitai.com/api/download/models/6?type=VAE", "https://civitai.com/api/download/models/6?type=VAE"},
      {"https://evil.example/api/download/models/6", "https://civitai.com/api/download/models/6"},
      {"", std::nullopt},
      {"null", std::nullopt},
      {"/api/download/models/6", std::nullopt},
      {"https://civitai.com/models/6", std::nullopt},
      {"https://civitai.com/api/download/../../admin", std::nullopt},
      {"https://user:pass@civitai.com/api/download/models/6", std::nullopt},
      {"file:///api/download/models/6", std::nullopt},
      {"nonsense", std::nullopt},
  };
  for (const GivenRow& row : rows) {
    ModelFile file;
    file.download_url = row.given;
    const auto url = given_download_url(base, file);
    EXPECT_EQ(url ? std::optional(url->wire()) : std::nullopt, row.url) << row.given;
  }
}

struct LinkedRow {
  std::string_view type;
  std::string_view url;
  bool linked;
};

TEST(LinkedComponents, AreKnownByTypeAndUrl) {
  const std::vector<LinkedRow> rows = {
      {"VAE", "https://civitai.com/api/download/models/6?type=VAE", true},
      {"VAE", "https://civitai.com/api/download/models/6?type=VAE&format=SafeTensor", true},
      {"Text Encoder", "https://civitai.com/api/download/models/6?type=Text%20Encoder", true},
      {"VAE", "https://civitai.com/api/download/models/6?fileId=7", false},
      {"VAE", "https://civitai.com/api/download/models/6?type=VAE&fileId=7", false},
      {"VAE", "https://civitai.com/api/download/models/6", false},
      {"VAE", "", false},
      {"Model", "https://civitai.com/api/download/models/6?type=Model&format=SafeTensor", false},
      {"Config", "https://civitai.com/api/download/models/6?type=Config", false},
  };
  for (const LinkedRow& row : rows) {
    ModelFile file;
    file.type = row.type;
    file.download_url = row.url;
    EXPECT_EQ(is_linked_component(file), row.linked) << row.type << ' ' << row.url;
  }
}

}  // namespace
}  // namespace civitai::api
