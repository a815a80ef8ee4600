#include "engine/selection.hpp"

#include "unit/engine/builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SystemTime now = at("2026-06-02T12:00:00Z");

std::vector<std::int64_t> chosen(const Model& model, const Filter& filter = {}) {
  std::vector<std::int64_t> ids;
  for (const ModelVersion& version : select(model, filter, now).versions) ids.push_back(version.id.value);
  return ids;
}

std::vector<SkipReason> reasons(const Model& model, const Filter& filter = {}) {
  std::vector<SkipReason> found;
  for (const Skipped& skipped : select(model, filter, now).skipped) found.push_back(skipped.reason);
  return found;
}

TEST(VersionSelection, TakesTheNewestByPublicationNotByPlaceInTheList) {
  const Model model =
      model_of({version(1).published("2026-01-01T00:00:00Z"), version(2).published("2026-03-01T00:00:00Z"),
                version(3).published("2026-02-01T00:00:00Z")});
  EXPECT_THAT(chosen(model), ElementsAre(2));
  EXPECT_THAT(reasons(model), IsEmpty());
}

TEST(VersionSelection, BreaksTiesById) {
  EXPECT_THAT(chosen(model_of({version(7), version(9), version(8)})), ElementsAre(9));
}

TEST(VersionSelection, TakesAVersionWithoutADateForTheOldest) {
  EXPECT_THAT(chosen(model_of({version(9).published(""), version(1)})), ElementsAre(1));
  EXPECT_THAT(chosen(model_of({version(1).published(""), version(2).published("")})), ElementsAre(2));
}

TEST(VersionSelection, TakesAllVersionsWhenAsked) {
  const Model model = model_of({version(1), version(3), version(2)});
  EXPECT_THAT(chosen(model, {.all_versions = true}), ElementsAre(1, 3, 2));
}

TEST(VersionSelection, KeepsTheTextOfTheVersion) {
  const Selection selection = select(model_of({version(1)}), {}, now);
  ASSERT_THAT(selection.versions, SizeIs(1));
  EXPECT_EQ(selection.versions[0].raw, R"({"id": 1})");
}

Model of_three_bases() {
  return model_of({version(1).based_on("Pony").published("2026-03-01T00:00:00Z"),
                   version(2).based_on("SD 1.5").published("2026-02-01T00:00:00Z"),
                   version(3).based_on("SD 1.5").published("2026-01-01T00:00:00Z")});
}

TEST(VersionSelection, MatchesTheBaseModelBeforeItChoosesTheNewest) {
  EXPECT_THAT(chosen(of_three_bases(), {.base_models = {"sd 1.5"}}), ElementsAre(2));
  EXPECT_THAT(chosen(of_three_bases(), {.base_models = {"SD 1.5", "PONY"}}), ElementsAre(1));
  EXPECT_THAT(chosen(of_three_bases(), {.base_models = {"SD 1.5"}, .all_versions = true}), ElementsAre(2, 3));
}

TEST(VersionSelection, MatchesBaseModelsAsAWhole) {
  EXPECT_THAT(chosen(of_three_bases(), {.base_models = {"SD 1"}}), IsEmpty());
  EXPECT_THAT(reasons(of_three_bases(), {.base_models = {"SD 1"}}), ElementsAre(SkipReason::no_matching_version));
}

TEST(VersionSelection, IgnoresBaseModelsByAPartOfTheirName) {
  EXPECT_THAT(chosen(of_three_bases(), {.ignore_base_models = {"pon"}}), ElementsAre(2));
  EXPECT_THAT(reasons(of_three_bases(), {.ignore_base_models = {"pon"}}), ElementsAre(SkipReason::ignored_base_model));
  EXPECT_THAT(chosen(of_three_bases(), {.ignore_base_models = {"sd", "pony"}}), IsEmpty());
  EXPECT_THAT(
      reasons(of_three_bases(), {.ignore_base_models = {"sd", "pony"}}),
      ElementsAre(SkipReason::ignored_base_model, SkipReason::ignored_base_model, SkipReason::ignored_base_model));
}

TEST(VersionSelection, IgnoresNothingForAnEmptyEntry) {
  EXPECT_THAT(chosen(of_three_bases(), {.ignore_base_models = {"", "  "}}), ElementsAre(1));
  EXPECT_THAT(chosen(of_three_bases(), {.ignore_file_names = {"", " "}}), ElementsAre(1));
}

TEST(VersionSelection, LeavesArchivedAndTakenDownModelsOut) {
  Model model = model_of({version(1)});
  model.mode = ModelMode::archived;
  EXPECT_THAT(chosen(model), IsEmpty());
  EXPECT_THAT(reasons(model), ElementsAre(SkipReason::archived));
  model.mode = ModelMode::taken_down;
  EXPECT_THAT(chosen(model), IsEmpty());
  EXPECT_THAT(reasons(model), ElementsAre(SkipReason::taken_down));
}

TEST(VersionSelection, NamesTheNewestThatTheBaseModelsLeaveAlsoWhenNothingIsWanted) {
  const auto newest = [](const Model& model, const Filter& filter) {
    const Selection selection = select(model, filter, now);
    return selection.newest == nullptr ? VersionId{} : selection.newest->id;
  };
  Model model = of_three_bases();
  EXPECT_EQ(newest(model, {.ignore_file_names = {"."}}), VersionId{1});
  EXPECT_EQ(newest(model, {.base_models = {"SD 1.5"}, .ignore_file_names = {"."}, .all_versions = true}), VersionId{2});
  EXPECT_EQ(newest(model, {.ignore_base_models = {"sd", "pony"}}), VersionId{});
  model.mode = ModelMode::archived;
  EXPECT_EQ(newest(model, {}), VersionId{1});
}

TEST(VersionSelection, SaysSoWhenThereIsNoVersion) {
  EXPECT_THAT(reasons(model_of({})), ElementsAre(SkipReason::no_matching_version));
}

TEST(VersionSelection, SaysSoWhenAVersionHasNoFiles) {
  EXPECT_THAT(reasons(model_of({VersionBuilder(1)})), ElementsAre(SkipReason::no_files));
}

struct PaidRow {
  std::string_view what;
  ModelVersion version;
  bool wanted;
  std::string_view detail;
};

TEST(PaidAccess, KeepsAVersionOutAsLongAsItLasts) {
  const std::vector<PaidRow> rows = {
      {"for good", version(1).paid(true, std::nullopt), false, "must be bought"},
      {"for good, with a date", version(1).paid(true, at("2020-01-01T00:00:00Z")), false, "must be bought"},
      {"without an end", version(1).paid(false, std::nullopt), false, "must be bought"},
      {"still running", version(1).paid(false, at("2026-06-14T10:15:09Z")), false, "early access until 2026-06-14"},
      {"over", version(1).paid(false, at("2026-06-02T11:59:59Z")), true, ""},
      {"over this very moment", version(1).paid(false, now), true, ""},
  };
  for (const PaidRow& row : rows) {
    const Model model = model_of({row.version});
    EXPECT_EQ(chosen(model).size(), row.wanted ? 1U : 0U) << row.what;
    EXPECT_THAT(chosen(model, {.include_paid = true}), SizeIs(1)) << row.what;
    if (row.wanted) continue;
    const Selection selection = select(model, {}, now);
    ASSERT_THAT(selection.skipped, SizeIs(1)) << row.what;
    EXPECT_EQ(selection.skipped[0].reason, SkipReason::paid) << row.what;
    EXPECT_EQ(selection.skipped[0].detail, row.detail) << row.what;
  }
}

TEST(UsageControl, LetsOnlyDownloadsBeFetched) {
  for (const std::string_view word : {"", "Download"}) {
    EXPECT_THAT(chosen(model_of({version(1).with([&](ModelVersion& v) { v.usage_control = word; })})), ElementsAre(1));
  }
  for (const std::string_view word : {"Generation", "InternalGeneration", "ExternalGeneration", "Whatever"}) {
    const Model model = model_of({version(1).with([&](ModelVersion& v) { v.usage_control = word; })});
    const Selection selection = select(model, Filter{.allow_unsafe = true, .include_paid = true}, now);
    EXPECT_THAT(selection.versions, IsEmpty()) << word;
    ASSERT_THAT(selection.skipped, SizeIs(1));
    EXPECT_EQ(selection.skipped[0].reason, SkipReason::not_downloadable);
    EXPECT_THAT(selection.skipped[0].detail, HasSubstr(std::string(word)));
  }
}

TEST(SkippedThings, AreToldByNameAndId) {
  const Model model = model_of({version(5).paid(true, std::nullopt)});
  const Skipped skipped = select(model, {}, now).skipped.at(0);
  EXPECT_EQ(skipped.model_id, ModelId{201});
  EXPECT_EQ(skipped.model_name, "Harbour Lights");
  EXPECT_EQ(skipped.version_id, VersionId{5});
  EXPECT_EQ(skipped.version_name, "v5");
  EXPECT_FALSE(skipped.file_id);
}

TEST(SkipReasons, HaveAWordAndATextEach) {
  const std::vector<SkipReason> all = {SkipReason::archived,
                                       SkipReason::taken_down,
                                       SkipReason::paid,
                                       SkipReason::not_downloadable,
                                       SkipReason::no_files,
                                       SkipReason::not_scanned,
                                       SkipReason::flagged,
                                       SkipReason::no_matching_version,
                                       SkipReason::ignored_base_model,
                                       SkipReason::ignored_file_name,
                                       SkipReason::not_primary,
                                       SkipReason::not_pruned,
                                       SkipReason::not_fp16,
                                       SkipReason::already_here};
  std::vector<std::string_view> words;
  for (const SkipReason reason : all) {
    EXPECT_FALSE(to_string(reason).empty());
    words.push_back(to_word(reason));
  }
  EXPECT_THAT(words, ElementsAre("archived", "taken_down", "paid", "not_downloadable", "no_files", "not_scanned",
                                 "flagged", "no_matching_version", "ignored_base_model", "ignored_file_name",
                                 "not_primary", "not_pruned", "not_fp16", "already_here"));
  EXPECT_TRUE(is_noteworthy(SkipReason::paid));
  EXPECT_TRUE(is_noteworthy(SkipReason::flagged));
  EXPECT_FALSE(is_noteworthy(SkipReason::not_primary));
  EXPECT_FALSE(is_noteworthy(SkipReason::already_here));
}

}  // namespace
}  // namespace civitai::engine
