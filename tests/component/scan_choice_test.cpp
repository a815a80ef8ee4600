// From the site's models to the files that are wanted: versions, filters, and what is left out with its reason.
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using engine::SkipReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A model with the versions given, of which each file has its id from the test.
standin::Catalogue model_with(std::vector<standin::Version> versions, std::string type = "LORA") {
  standin::Catalogue catalogue;
  catalogue.add({.id = 1, .name = "Meridian", .type = std::move(type), .versions = std::move(versions)});
  return catalogue;
}

std::vector<std::int64_t> wanted_files(const engine::ScanResult& result) {
  std::vector<std::int64_t> ids;
  for (const engine::ChosenModel& model : result.models) {
    for (const engine::ChosenVersion& version : model.versions) {
      for (const ModelFile& file : version.version.files) ids.push_back(file.id.value);
    }
  }
  return ids;
}

std::vector<SkipReason> reasons(const engine::ScanResult& result) {
  std::vector<SkipReason> reasons;
  for (const engine::Skipped& one : result.skipped) reasons.push_back(one.reason);
  return reasons;
}

// Three versions in the creator's order, which is not that of their dates.
std::vector<standin::Version> three_versions() {
  return {
      {.id = 10, .base_model = "Pony", .published_at = "2025-01-01T00:00:00.000Z", .files = {{.id = 101, .size = 9}}},
      {.id = 11,
       .base_model = "SDXL 1.0",
       .published_at = "2025-03-01T00:00:00.000Z",
       .files = {{.id = 111, .size = 9}}},
      {.id = 12,
       .base_model = "SDXL 1.0",
       .published_at = "2025-02-01T00:00:00.000Z",
       .files = {{.id = 121, .size = 9}}}};
}

TEST(ScanChoice, TakesTheVersionThatWasPublishedLast) {
  World world(model_with(three_versions()));
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), ElementsAre(111));
}

TEST(ScanChoice, MatchesBaseModelsPerVersion) {
  World world(model_with(three_versions()));
  world.program().criteria.models.base_models = {"Pony"};
  world.program().criteria.files.base_models = {"pony"};
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), ElementsAre(101));
}

TEST(ScanChoice, TakesAllVersionsWhenAskedTo) {
  World world(model_with(three_versions()));
  world.program().criteria.files.all_versions = true;
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), UnorderedElementsAre(101, 111, 121));
}

TEST(ScanChoice, IgnoreListsHoldPerVersionAndFile) {
  World world(model_with(three_versions()));
  world.program().criteria.files.all_versions = true;
  world.program().criteria.files.ignore_base_models = {"pon"};
  world.program().criteria.files.ignore_file_names = {"_121"};
  const auto result = expect_good(world.program().scan());
  EXPECT_THAT(wanted_files(result), ElementsAre(111));
  EXPECT_THAT(reasons(result), UnorderedElementsAre(SkipReason::ignored_base_model, SkipReason::ignored_file_name));
}

TEST(ScanChoice, FiltersCheckpointsByTheirFiles) {
  World world(model_with({{.id = 10,
                           .files = {{.id = 1, .size_class = "full", .precision = "fp32", .size = 9, .primary = true},
                                     {.id = 2, .size_class = "pruned", .precision = "fp16", .size = 9},
                                     {.id = 3, .size_class = "pruned", .precision = "fp32", .size = 9}}}},
                         "Checkpoint"));
  FileFilter& filter = world.program().criteria.files;
  filter.pruned = true;
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), UnorderedElementsAre(2, 3));
  filter.fp16 = true;
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), ElementsAre(2));
  filter = {};
  filter.primary_only = true;
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), ElementsAre(1));
}

TEST(ScanChoice, TakesFilesWhateverTheirFormat) {
  World world(model_with({{.id = 10,
                           .files = {{.id = 1, .size = 9},
                                     {.id = 2, .format = "GGUF", .quantisation = "Q4_K_M", .size = 9},
                                     {.id = 3, .type = "Archive", .format = "Other", .size = 9},
                                     {.id = 4, .name = "model.ckpt", .format = "PickleTensor", .size = 9}}}}));
  EXPECT_THAT(wanted_files(expect_good(world.program().scan())), UnorderedElementsAre(1, 2, 3, 4));
}

TEST(ScanChoice, ListsWhatCannotBeHadWithItsReason) {
  World world(model_with(
      {{.id = 10, .paid_access = standin::PaidAccess{.permanent = true}, .files = {{.size = 9}}},
       {.id = 11, .paid_access = standin::PaidAccess{.ends_at = "2099-06-14T10:15:09.330Z"}, .files = {{.size = 9}}},
       {.id = 12,
        .paid_access = standin::PaidAccess{.ends_at = "2024-06-14T10:15:09.330Z"},
        .files = {{.id = 121, .size = 9}}},
       {.id = 13, .files = {{.size = 9, .virus_scan = "Pending"}}},
       {.id = 14, .files = {{.size = 9, .virus_scan = "Danger"}}}}));
  world.program().criteria.files.all_versions = true;
  const auto result = expect_good(world.program().scan());
  EXPECT_THAT(wanted_files(result), ElementsAre(121)) << "whose early access is over";
  EXPECT_THAT(reasons(result),
              ElementsAre(SkipReason::paid, SkipReason::paid, SkipReason::not_scanned, SkipReason::flagged));
  EXPECT_THAT(result.skipped[1].detail, HasSubstr("until 2099-06-14"));
  EXPECT_EQ(result.report.skipped.at(SkipReason::paid), 2);
}

TEST(ScanChoice, ListsArchivedModelsAndWithheldVersions) {
  World world(model_with({{.id = 10, .usage_control = "Generation", .files = {{.size = 9}}}}));
  world.program().criteria.models.version_id = VersionId{10};
  EXPECT_THAT(reasons(expect_good(world.program().scan())), ElementsAre(SkipReason::not_downloadable));
  world.change([](standin::Catalogue& catalogue) { catalogue.model(1)->mode = "Archived"; });
  world.program().criteria.models.version_id = {};
  world.program().criteria.models.model_id = ModelId{1};
  EXPECT_THAT(reasons(expect_good(world.program().scan())), ElementsAre(SkipReason::archived));
}

TEST(ScanChoice, NeverFetchesAFlaggedPickleUnlessToldTo) {
  World world(model_with({{.id = 10,
                           .files = {{.id = 1,
                                      .name = "style.pt",
                                      .format = "PickleTensor",
                                      .size = 900,
                                      .pickle_scan = "Danger",
                                      .pickle_message = "os.system"}}}}));
  EXPECT_TRUE(world.run().items.empty());
  EXPECT_EQ(world.journal().count("download"), 0U);
  EXPECT_THAT(world.plan().skipped.front().detail, HasSubstr("os.system"));
  world.program().criteria.files.allow_unsafe = true;
  expect_all_here(world, world.run());
}

TEST(ScanChoice, AnItemWithoutAUsableFileListIsSkippedNotFatal) {
  World world(many_files(4, 100));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.version(1001)->patches = {{.remove = {"files"}}};
    catalogue.version(1002)->patches = {{.set = R"({"files":null})"}};
    catalogue.version(1003)->patches = {{.set = R"({"files":[]})"}};
  });
  const auto result = expect_good(world.program().scan());
  EXPECT_THAT(wanted_files(result), ElementsAre(4));
  EXPECT_EQ(result.report.skipped.at(SkipReason::no_files), 3);
}

TEST(ScanChoice, OddDataCostsNothingButItself) {
  World world(many_files(8, 700));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.model(1)->patches = {{.set = R"({"creator":{"username":90210},"tags":[{"name":"style"}]})"}};
    catalogue.model(2)->patches = {{.set = R"({"creator":null,"stats":null,"tags":null,"nsfwLevel":"x"})"}};
    catalogue.model(3)->patches = {{.set = R"({"allowCommercialUse":"{}","type":"SomethingNew","mode":null})"}};
    catalogue.version(1004)->patches = {{.set = R"({"publishedAt":null,"trainedWords":null,"images":null})"}};
    catalogue.version(1005)->patches = {{.remove = {"baseModel", "name", "stats", "availability"}}};
    catalogue.file(6)->patches = {{.set = R"({"hashes":{"SHA256":null,"CRC32":17},"sizeKB":"-1","metadata":null})"}};
    catalogue.file(7)->patches = {{.set = R"({"hashes":null,"primary":"yes","scannedAt":12})"}};
    catalogue.file(8)->patches = {{.remove = {"name", "type", "metadata", "pickleScanMessage"}}};
  });
  expect_all_here(world, world.run());
  EXPECT_EQ(world.files().size(), 8U);
}

TEST(ScanChoice, HostileNamesStayInTheirPlace) {
  World world(many_files(6, 700));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.model(1)->name = "../../../etc/cron.d";
    catalogue.version(1002)->name = "..";
    catalogue.file(3)->name = "..%2f..%2fpasswd";
    catalogue.file(4)->name = std::string(300, 'n') + ".safetensors";
    catalogue.file(5)->name = "CON";
    catalogue.model(6)->type = "../up";
    catalogue.model(6)->patches = {{.set = R"({"type":"../up\n"})"}};
  });
  expect_all_here(world, world.run());
  EXPECT_EQ(world.files().size(), 6U);
}

}  // namespace
}  // namespace civitai::test
