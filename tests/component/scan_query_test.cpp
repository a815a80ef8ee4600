// Which models the site is asked for: parameters, several tags and users, the limits, single models and versions.
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// Models 1 to 6: aya has 1 to 4, ben 5 and 6; 1, 2 and 5 are of style, 2, 3 and 6 of tool.
standin::Catalogue two_creators() {
  const auto model = [](std::int64_t id, std::string creator, std::vector<std::string> tags) {
    return standin::Model{.id = id,
                          .name = format("Model {}", id),
                          .creator = std::move(creator),
                          .tags = std::move(tags),
                          .versions = {{.id = 100 + id, .files = {{.id = id, .size = 500}}}}};
  };
  standin::Catalogue catalogue;
  catalogue.add(model(1, "aya", {"style"}));
  catalogue.add(model(2, "aya", {"style", "tool"}));
  catalogue.add(model(3, "aya", {"tool"}));
  catalogue.add(model(4, "aya", {}));
  catalogue.add(model(5, "ben", {"style"}));
  catalogue.add(model(6, "ben", {"Tool"}));
  return catalogue;
}

std::vector<std::int64_t> ids(const engine::ScanResult& result) {
  std::vector<std::int64_t> ids;
  for (const engine::ChosenModel& one : result.models) ids.push_back(one.model.id.value);
  return ids;
}

TEST(ScanQuery, SendsEveryCriterionAsTheSiteUnderstandsIt) {
  World world(two_creators());
  ModelQuery& query = world.program().criteria.models;
  query.types = {"LORA", "Checkpoint"};
  query.base_models = {"SDXL 1.0", "SD 1.5"};
  query.query = "model";
  query.tags = {"style"};
  query.usernames = {"aya"};
  query.sort = "Newest";
  query.period = "Year";
  query.limit = 250;
  ASSERT_TRUE(world.program().scan());
  const auto requests = world.journal().entries("models");
  ASSERT_FALSE(requests.empty());
  EXPECT_THAT(requests.front().query,
              UnorderedElementsAre(Pair("limit", "100"), Pair("types", "LORA"), Pair("types", "Checkpoint"),
                                   Pair("baseModels", "SDXL 1.0"), Pair("baseModels", "SD 1.5"), Pair("query", "model"),
                                   Pair("tag", "style"), Pair("username", "aya"), Pair("sort", "Newest"),
                                   Pair("period", "Year"), Pair("nsfw", "true")));
}

TEST(ScanQuery, AlwaysTellsWhetherItWantsNsfw) {
  World world(two_creators());
  world.program().criteria.models.nsfw = false;
  ASSERT_TRUE(world.program().scan());
  EXPECT_THAT(world.journal().entries("models").front().query, Contains(Pair("nsfw", "false")));
}

TEST(ScanQuery, SeveralTagsAndUsersAreSeveralPassesMergedById) {
  World world(two_creators());
  world.program().criteria.models.tags = {"style", "tool"};
  world.program().criteria.models.usernames = {"aya", "ben"};
  const auto result = expect_good(world.program().scan());
  EXPECT_THAT(ids(result), UnorderedElementsAre(1, 2, 3, 5, 6));
  EXPECT_EQ(result.report.models, 5) << "each model counts once";
  EXPECT_EQ(result.report.pages, 4);
  EXPECT_EQ(world.journal().count("models"), 4U);
}

TEST(ScanQuery, LimitCountsModelsAcrossAllPasses) {
  World world(two_creators());
  world.program().criteria.models.usernames = {"aya", "ben"};
  world.program().criteria.models.limit = 5;
  const auto result = expect_good(world.program().scan());
  EXPECT_EQ(result.report.models, 5);
  EXPECT_TRUE(result.report.limit_reached);
  EXPECT_THAT(ids(result), ::testing::IsSupersetOf({1, 2, 3, 4}));
}

TEST(ScanQuery, LimitCountsModelsThatHaveNothingToFetchToo) {
  World world(two_creators());
  world.program().criteria.files.base_models = {"Pony"};
  world.program().criteria.models.limit = 2;
  const auto result = expect_good(world.program().scan());
  EXPECT_EQ(result.report.models, 2);
  EXPECT_THAT(ids(result), IsEmpty());
  EXPECT_EQ(result.report.skipped.at(engine::SkipReason::no_matching_version), 2);
}

TEST(ScanQuery, StopsAskingOnceTheLimitIsReached) {
  World world(many_files(30, 100), {.site = {.page_size_cap = 10}});
  world.program().criteria.models.limit = 15;
  const auto result = expect_good(world.program().scan());
  EXPECT_EQ(result.report.models, 15);
  EXPECT_EQ(result.report.pages, 2);
  EXPECT_EQ(world.journal().count("models"), 2U);
}

TEST(ScanQuery, MaxPagesCountsAllPages) {
  World world(many_files(30, 100), {.site = {.page_size_cap = 5}});
  world.program().criteria.models.tags = {"one", "two"};
  world.program().criteria.models.max_pages = 4;
  world.change([](standin::Catalogue& catalogue) {
    for (std::int64_t i = 1; i <= 30; ++i) catalogue.model(i)->tags = {i <= 12 ? "one" : "two"};
  });
  const auto result = expect_good(world.program().scan());
  EXPECT_EQ(result.report.pages, 4) << "three of the first tag, one of the second";
  EXPECT_EQ(result.report.models, 12 + 5);
  EXPECT_TRUE(result.report.max_pages_reached);
  EXPECT_FALSE(result.report.limit_reached);
}

TEST(ScanQuery, AnUnknownTagDoesNotBringTheWholeSite) {
  World world(two_creators());
  world.program().criteria.models.tags = {"stile"};
  const auto result = expect_good(world.program().scan());
  EXPECT_THAT(ids(result), IsEmpty()) << "the site drops a tag that it does not know and lists everything";
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("'stile'")));
}

TEST(ScanQuery, AnUnknownUserIsSaid) {
  World world(two_creators());
  world.program().criteria.models.usernames = {"nobody"};
  const auto result = world.program().scan();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::not_found);
}

TEST(ScanQuery, AListThatIsShorterThanTheCreatorsCountIsNoticed) {
  World world(two_creators());
  world.program().criteria.models.usernames = {"aya"};
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=drop-first-item");
  const auto result = expect_good(world.program().scan());
  EXPECT_EQ(result.report.models, 3);
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("the site counts 4 models of aya, its list gave 3")));
}

TEST(ScanQuery, OneModelIsAskedForByItsId) {
  World world(two_creators());
  world.program().criteria.models.model_id = ModelId{3};
  const auto result = expect_good(world.program().scan());
  EXPECT_THAT(ids(result), ElementsAre(3));
  EXPECT_EQ(result.models.front().model.creator, "aya");
  EXPECT_EQ(world.journal().count(), 1U);
}

TEST(ScanQuery, OneVersionIsAskedForByItsId) {
  World world(two_creators());
  world.change([](standin::Catalogue& catalogue) {
    auto& versions = catalogue.model(3)->versions;
    versions.push_back(
        {.id = 901, .name = "older", .published_at = "2020-01-01T00:00:00.000Z", .files = {{.size = 10}}});
  });
  world.program().criteria.models.version_id = VersionId{901};
  world.program().criteria.files.base_models = {"Pony"};  // whoever names a version wants that version
  const auto result = expect_good(world.program().scan());
  ASSERT_EQ(result.models.size(), 1U);
  ASSERT_EQ(result.models.front().versions.size(), 1U);
  EXPECT_EQ(result.models.front().versions.front().version.id, VersionId{901});
  EXPECT_EQ(result.models.front().model.creator, "aya") << "known from the model's own document only";
  EXPECT_THAT(result.models.front().model.tags, ElementsAre("tool"));
}

TEST(ScanQuery, WhatTheSiteDoesNotHaveIsSaid) {
  World world(two_creators());
  world.program().criteria.models.model_id = ModelId{4711};
  const auto model = world.program().scan();
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().kind, ErrorKind::not_found);
  EXPECT_THAT(model.error().message, HasSubstr("model 4711"));
  world.program().criteria.models.version_id = VersionId{4712};
  const auto version = world.program().scan();
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, ErrorKind::not_found);
  EXPECT_THAT(version.error().message, HasSubstr("model version 4712"));
}

TEST(ScanQuery, TellsItsProgress) {
  World world(many_files(7, 100), {.site = {.page_size_cap = 3}});
  ASSERT_TRUE(world.program().scan());
  const auto told = world.program().observer().told().scans;
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().pages, 3);
  EXPECT_EQ(told.back().models, 7);
  EXPECT_EQ(told.back().files, 7);
}

}  // namespace
}  // namespace civitai::test
