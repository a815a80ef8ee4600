#include "engine/outdated.hpp"

#include "unit/engine/builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

LibraryEntry owned(std::int64_t version, std::string base_model = "SDXL 1.0", std::int64_t file = 0) {
  LibraryEntry entry;
  entry.status = EntryStatus::downloaded;
  entry.model_id = {201};
  entry.version_id = {version};
  entry.base_model = std::move(base_model);
  entry.file_id = {file != 0 ? file : version + 1000};
  entry.file_type = "Model";
  return entry;
}

VersionBuilder at_day(std::int64_t id, int day) {
  return version(id).published("2026-04-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T09:00:00Z");
}

class Newer : public ::testing::Test {
 protected:
  // "old -> new" for each line.
  std::vector<std::string> found(Successor successor = Successor::same_base_model) {
    std::vector<std::string> lines;
    for (const NewerVersion& one : newer_versions(model_of(versions), library, deleted, successor)) {
      lines.push_back(std::to_string(one.owned.front().version_id.value) + " -> " +
                      std::to_string(one.version.id.value));
    }
    return lines;
  }

  std::vector<ModelVersion> versions;
  std::vector<LibraryEntry> library;
  std::unordered_set<VersionId> deleted;
};

TEST_F(Newer, IsTheNewestByPublication) {
  versions = {at_day(1, 3), at_day(3, 5), at_day(2, 9)};
  library = {owned(1)};
  EXPECT_THAT(found(), ElementsAre("1 -> 2"));
}

TEST_F(Newer, IsNoneWhenTheNewestIsHere) {
  versions = {at_day(1, 3), at_day(2, 9)};
  library = {owned(2)};
  EXPECT_THAT(found(), IsEmpty());
  library = {owned(1), owned(2)};
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Newer, FollowsEachBaseModelByItself) {
  versions = {at_day(1, 1), at_day(2, 2), at_day(3, 3).based_on("Pony"), at_day(4, 4).based_on("Flux.1 D"),
              at_day(5, 5).based_on("pony")};
  library = {owned(1), owned(3, "Pony")};
  EXPECT_THAT(found(), UnorderedElementsAre("1 -> 2", "3 -> 5"));
  EXPECT_THAT(found(Successor::any_base_model), ElementsAre("3 -> 5"));
  library = {owned(2)};
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(found(Successor::any_base_model), ElementsAre("2 -> 5"));
}

TEST_F(Newer, TakesTheSitesWordOnWhatAVersionIsMadeFor) {
  versions = {at_day(1, 1).based_on("Illustrious"), at_day(2, 2).based_on("Illustrious")};
  library = {owned(1, "SDXL 1.0")};
  EXPECT_THAT(found(), ElementsAre("1 -> 2"));
}

TEST_F(Newer, GoesByIdWhereTheOwnedVersionIsGone) {
  versions = {at_day(5, 1), at_day(3, 9)};
  library = {owned(4)};
  EXPECT_THAT(found(), ElementsAre("4 -> 5"));
}

TEST_F(Newer, IsNotWhatWasDeletedOnPurpose) {
  versions = {at_day(1, 1), at_day(2, 2), at_day(3, 3)};
  library = {owned(1)};
  deleted = {VersionId{3}};
  EXPECT_THAT(found(), ElementsAre("1 -> 2"));
}

TEST_F(Newer, ComesWithEveryFileOfTheOldVersion) {
  versions = {at_day(1, 1), at_day(2, 2)};
  library = {owned(1, "SDXL 1.0", 7), owned(1, "SDXL 1.0", 8)};
  const auto newer = newer_versions(model_of(versions), library, deleted, Successor::same_base_model);
  ASSERT_THAT(newer, SizeIs(1));
  EXPECT_THAT(newer.front().owned, SizeIs(2));
  EXPECT_THAT(newer.front().model.versions, IsEmpty());
}

TEST_F(Newer, IsScannedForTheTypesOfFilesThatAreHere) {
  ModelVersion next = at_day(2, 2);
  next.files.push_back(FileBuilder(50).with([](ModelFile& file) { file.type = "Training Data"; }));
  versions = {at_day(1, 1), next};
  library = {owned(1)};
  const auto newer = newer_versions(model_of(versions), library, deleted, Successor::same_base_model);
  const ScanResult scan = scan_of(newer, Filter{.base_models = {"Pony"}}, at("2026-06-01"));
  ASSERT_THAT(scan.models, SizeIs(1));
  EXPECT_THAT(scan.models.front().versions.front().version.files, SizeIs(1));
  EXPECT_FALSE(scan.models.front().versions.front().document.empty());
  const Succession succession = succession_of(newer, scan);
  EXPECT_THAT(succession.successors.at(FileId{1001}), ElementsAre(FileId{1002}));
}

TEST_F(Newer, ReplacesNothingWhenItCannotBeHad) {
  versions = {at_day(1, 1), at_day(2, 2).paid(true, std::nullopt)};
  library = {owned(1)};
  const auto newer = newer_versions(model_of(versions), library, deleted, Successor::same_base_model);
  const ScanResult scan = scan_of(newer, Filter{}, at("2026-06-01"));
  EXPECT_THAT(scan.models, IsEmpty());
  EXPECT_EQ(scan.report.skipped.at(SkipReason::paid), 1);
  EXPECT_THAT(succession_of(newer, scan).old, IsEmpty());
}

}  // namespace
}  // namespace civitai::engine
