// What of the library has newer versions on the site, how many requests that costs, and what is gone.
#include "engine/outdated.hpp"

#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using engine::GoneModel;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A library with so many models, as if they had been downloaded.
std::vector<LibraryEntry> library_of(int count) {
  std::vector<LibraryEntry> library;
  for (std::int64_t i = 1; i <= count; ++i) {
    LibraryEntry entry;
    entry.status = EntryStatus::downloaded;
    entry.model_id = {i};
    entry.model_name = format("Model {:03}", i);
    entry.version_id = {1000 + i};
    entry.file_id = {i};
    entry.base_model = "SDXL 1.0";
    library.push_back(std::move(entry));
  }
  return library;
}

Result<engine::OutdatedReport> compare(World& world, const std::vector<LibraryEntry>& library) {
  return engine::find_outdated(library, {}, engine::Successor::same_base_model, world.program().site(),
                               world.program().observer(), {});
}

TEST(Outdated, AsksForAHundredModelsAtOnce) {
  World world(many_files(230));
  const auto report = expect_good(compare(world, library_of(230)));
  EXPECT_EQ(report.models, 230);
  EXPECT_THAT(report.newer, IsEmpty());
  EXPECT_THAT(report.gone, IsEmpty());
  EXPECT_EQ(world.journal().count(), 3U);
}

TEST(Outdated, FindsTheNewVersionAndWhatIsGone) {
  World world(many_files(3));
  world.change([](standin::Catalogue& catalogue) {
    auto& versions = catalogue.model(1)->versions;
    versions.insert(versions.begin(), {.id = 2001,
                                       .name = "v2",
                                       .published_at = "2026-11-01T00:00:00.000Z",
                                       .files = {{.id = 501, .name = "new.safetensors"}}});
    catalogue.refresh();
    catalogue.model(2)->mode = "Archived";
  });
  const auto report = expect_good(compare(world, library_of(4)));
  EXPECT_EQ(report.models, 4);
  ASSERT_THAT(report.newer, SizeIs(1));
  EXPECT_EQ(report.newer.front().version.id, VersionId{2001});
  EXPECT_EQ(report.newer.front().owned.front().version_id, VersionId{1001});
  ASSERT_THAT(report.gone, SizeIs(2));
  EXPECT_EQ(report.gone[0].why, GoneModel::Why::archived);
  EXPECT_EQ(report.gone[1].why, GoneModel::Why::unknown);
  EXPECT_EQ(report.gone[1].id, ModelId{4});
}

TEST(Outdated, KeepsWhatWasFoundWhenTheSiteFailsLater) {
  World world(many_files(150));
  world.fault("models=status:500@2-");
  const auto report = expect_good(compare(world, library_of(150)));
  EXPECT_EQ(report.models, 100);
  ASSERT_TRUE(report.trouble);
  EXPECT_EQ(report.trouble->kind, ErrorKind::network);
}

TEST(Outdated, FailsWhenTheSiteFailsAtOnce) {
  World world(many_files(1));
  world.fault("models=status:500");
  EXPECT_FALSE(compare(world, library_of(1)));
}

TEST(Outdated, LooksAtNothingButWhatIsHere) {
  World world(many_files(1));
  std::vector<LibraryEntry> library = library_of(1);
  library.front().status = EntryStatus::error;
  EXPECT_EQ(expect_good(compare(world, library)).models, 0);
  EXPECT_EQ(world.journal().count(), 0U);
}

}  // namespace
}  // namespace civitai::test
