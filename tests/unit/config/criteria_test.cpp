#include "config/criteria.hpp"

#include "unit/config/given.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::config {
namespace {

using testing::ElementsAre;

TEST(CriteriaFrom, CarriesEveryChoice) {
  const Criteria criteria = criteria_from(Given()
                                              .flag("--type", "LORA")
                                              .flag("--model-types", "Checkpoint")
                                              .flag("--base-model", "Pony")
                                              .flag("--tag", "anime")
                                              .flag("--username", "anna")
                                              .flag("--query", "style")
                                              .flag("--sort", "Newest")
                                              .flag("--period", "Week")
                                              .flag("--nsfw", "true")
                                              .flag("--limit", "0")
                                              .flag("--max-pages", "3")
                                              .flag("--ignore-base-models", "SD 3")
                                              .flag("--ignore-filename-strings", "inpaint")
                                              .flag("--all-versions", "true")
                                              .flag("--primary-only", "true")
                                              .flag("--pruned", "true")
                                              .flag("--fp16", "true")
                                              .flag("--allow-unsafe", "true")
                                              .flag("--include-paid", "true")
                                              .settings());
  EXPECT_THAT(criteria.models.types, ElementsAre("LORA", "Checkpoint"));
  EXPECT_THAT(criteria.models.base_models, ElementsAre("Pony"));
  EXPECT_THAT(criteria.models.tags, ElementsAre("anime"));
  EXPECT_THAT(criteria.models.usernames, ElementsAre("anna"));
  EXPECT_EQ(criteria.models.query, "style");
  EXPECT_EQ(criteria.models.sort, "Newest");
  EXPECT_EQ(criteria.models.period, "Week");
  EXPECT_TRUE(criteria.models.nsfw);
  EXPECT_EQ(criteria.models.limit, 0);
  EXPECT_EQ(criteria.models.max_pages, 3);
  EXPECT_THAT(criteria.files.base_models, ElementsAre("Pony"));
  EXPECT_THAT(criteria.files.ignore_base_models, ElementsAre("SD 3"));
  EXPECT_THAT(criteria.files.ignore_file_names, ElementsAre("inpaint"));
  EXPECT_TRUE(criteria.files.all_versions && criteria.files.primary_only && criteria.files.pruned);
  EXPECT_TRUE(criteria.files.fp16 && criteria.files.allow_unsafe && criteria.files.include_paid);
}

TEST(CriteriaFrom, HasTheDomainsDefaults) {
  const Criteria made = criteria_from(Settings{});
  const Criteria expected;
  EXPECT_EQ(made.models.sort, expected.models.sort);
  EXPECT_EQ(made.models.period, expected.models.period);
  EXPECT_EQ(made.models.limit, expected.models.limit);
  EXPECT_FALSE(made.models.model_id || made.models.version_id);
  EXPECT_FALSE(made.files.allow_unsafe || made.files.include_paid || made.files.all_versions);
}

TEST(CriteriaFrom, LetsAVersionGoBeforeAModelUnlessTheModelWasNamedCloser) {
  const auto both = criteria_from(Given().flag("--model-id", "7").flag("--model-version-id", "8").settings());
  EXPECT_EQ(both.models.version_id, VersionId{8});
  const auto closer = criteria_from(Given().file("ModelVersionID = 8\n").flag("--model-id", "7").settings());
  EXPECT_EQ(closer.models.model_id, ModelId{7});
  EXPECT_FALSE(closer.models.version_id);
}

TEST(ImageQueryFrom, CarriesEveryChoice) {
  const ImageQuery query = image_query_from(Given()
                                                .flag("--post-id", "1", Command::images)
                                                .flag("--model-id", "2", Command::images)
                                                .flag("--model-version-id", "3", Command::images)
                                                .flag("--username", "anna", Command::images)
                                                .flag("--nsfw", "Mature", Command::images)
                                                .flag("--sort", "Most Reactions", Command::images)
                                                .flag("--period", "Day", Command::images)
                                                .flag("--limit", "0", Command::images)
                                                .flag("--max-pages", "4", Command::images)
                                                .settings());
  EXPECT_EQ(query.post_id, PostId{1});
  EXPECT_EQ(query.model_id, ModelId{2});
  EXPECT_EQ(query.version_id, VersionId{3});
  EXPECT_EQ(query.username, "anna");
  EXPECT_EQ(query.nsfw, "Mature");
  EXPECT_EQ(query.sort, "Most Reactions");
  EXPECT_EQ(query.period, "Day");
  EXPECT_EQ(query.limit, 0);
  EXPECT_EQ(query.max_pages, 4);
  EXPECT_EQ(image_query_from(Settings{}).sort, ImageQuery{}.sort);
  EXPECT_EQ(image_query_from(Settings{}).limit, ImageQuery{}.limit);
}

TEST(DatabasePath, StandsBelowTheSavePathUnlessNamed) {
  EXPECT_EQ(database_path(Settings{}), "downloads/civitai_download.db");
  EXPECT_EQ(database_path(Given().flag("--save-path", "/m").settings()), "/m/civitai_download.db");
  EXPECT_EQ(database_path(Given().file("DatabasePath = \"/x/my.db\"\n").settings()), "/x/my.db");
}

TEST(ProgramSettings, HaveTheirUnits) {
  const Settings settings = Given()
                                .flag("--api-delay", "150")
                                .flag("--api-timeout", "9")
                                .flag("--log-level", "warn")
                                .flag("--log-format", "json")
                                .settings();
  EXPECT_EQ(api_delay(settings), Milliseconds(150));
  EXPECT_EQ(api_timeout(settings), std::chrono::seconds(9));
  EXPECT_EQ(log_level(settings), LogLevel::warn);
  EXPECT_EQ(log_format(settings), LogFormat::json);
  EXPECT_EQ(log_level(Settings{}), LogLevel::info);
  EXPECT_EQ(log_format(Settings{}), LogFormat::text);
}

}  // namespace
}  // namespace civitai::config
