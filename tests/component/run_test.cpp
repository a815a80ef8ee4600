// A run as a whole: several items at once, what the observer is told, the documents, what is recorded.
#include "store/library_view.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace civitai::test {
namespace {

using engine::Phase;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Outcome = engine::ItemReport::Outcome;

TEST(Run, FetchesSeveralFilesAtOnceButNotMore) {
  World world(many_files(12, 60'000), {.site = {.storage_rate = 400'000}, .program = {.concurrency = 3}});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().max_in_flight(standin::Place::storage), 3U);
  EXPECT_LE(world.journal().max_connections(standin::Place::storage), 3U);
}

TEST(Run, OneAtATimeWhenAskedTo) {
  World world(many_files(4, 20'000), {.site = {.latency = Milliseconds{10}}, .program = {.concurrency = 1}});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().max_in_flight(standin::Place::storage), 1U);
  EXPECT_EQ(world.journal().max_in_flight(standin::Place::api), 1U);
}

TEST(Run, ManySmallFiles) {
  World world(many_files(150, 3'000));
  expect_all_here(world, world.run());
  EXPECT_EQ(world.files().size(), 150U);
  EXPECT_EQ(world.journal().count("download"), 150U);
  EXPECT_EQ(world.journal().count("storage"), 150U);
}

TEST(Run, TellsTheObserverWhatItDoes) {
  World world(many_files(2, 50'000));
  world.fault("download=status:410:json#file:1");
  const engine::Plan plan = world.plan();
  const auto report = world.run(plan);
  const auto told = world.program().observer().told();
  const std::size_t good = report.items[0].error ? 1 : 0;
  EXPECT_THAT(told.phases.at(good),
              ElementsAre(Phase::resolving, Phase::transferring, Phase::verifying, Phase::placing));
  EXPECT_EQ(told.here.at(good), 50'000U);
  EXPECT_EQ(told.total.at(good), 50'000U);
  EXPECT_THAT(told.done, ElementsAre(good));
  EXPECT_THAT(told.failed, SizeIs(1));
  EXPECT_EQ(told.failed.begin()->first, 1 - good);
}

TEST(Run, RecordsWhatItFetched) {
  World world(one_file(50'000));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.model(only_model)->tags = {"style", "glow"};
    catalogue.version(only_version)->trained_words = {"l4ntern"};
  });
  const auto report = world.run();
  expect_all_here(world, report);
  const LibraryEntry entry = world.entry(only_file);
  EXPECT_EQ(entry.model_id, ModelId{only_model});
  EXPECT_EQ(entry.version_id, VersionId{only_version});
  EXPECT_EQ(entry.model_name, "Lantern");
  EXPECT_EQ(entry.creator, "northlight_studio");
  EXPECT_EQ(entry.size.value, 50'000U);
  EXPECT_EQ(os::Path(entry.path), report.items.front().path);
  EXPECT_EQ(report.items.front().fetched.value, 50'000U);
  EXPECT_EQ(report.items.front().proven_by, "BLAKE3");
  auto view = expect_good(store::LibraryView::open(world.program().settings().folder / "library.db"));
  EXPECT_THAT(expect_good(view.search("l4ntern glow", 0)).entries, SizeIs(1));
  const auto document = expect_good(world.program().library().version_document(VersionId{only_version}));
  ASSERT_TRUE(document);
  EXPECT_THAT(*document, HasSubstr("\"l4ntern\""));
}

TEST(Run, FetchesNothingTwice) {
  World world(many_files(5));
  expect_all_here(world, world.run());
  world.restart();
  const engine::Plan plan = world.plan();
  EXPECT_THAT(plan.items, IsEmpty());
  EXPECT_EQ(plan.scan.skipped.at(engine::SkipReason::already_here), 5);
  EXPECT_EQ(world.journal().count("download"), 5U);
}

TEST(Run, AFileThatWasDeletedIsFetchedAgain) {
  World world(many_files(2));
  expect_all_here(world, world.run());
  std::filesystem::remove(world.path(1));
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.journal().count("download"), 3U);
}

TEST(Run, AFileThatWasDamagedIsFetchedAgainAndTheOldOneKept) {
  World world(many_files(2, 50'000));
  expect_all_here(world, world.run());
  const os::Path damaged = world.path(1);
  std::filesystem::resize_file(damaged, 20'000);
  world.put_foreign(damaged, content_of(damaged));
  expect_all_here(world, world.run_again());
  EXPECT_NE(world.path(1), damaged);
}

TEST(Run, APendingEntryWhoseFileIsThereIsAdopted) {
  World world(one_file(50'000));
  const engine::Plan plan = world.plan();
  expect_all_here(world, world.run(plan));
  const os::Path moved = world.folder().path() / "models" / "elsewhere.safetensors";
  std::filesystem::rename(world.path(only_file), moved);
  // As a crash between placing and recording leaves it: the wanted path is recorded, nothing else.
  LibraryEntry entry = world.entry(only_file);
  world.end_program();
  for (const std::string_view name : {"library.db", "library.db-wal", "library.db-shm"}) {
    std::filesystem::remove(world.folder().path() / name);
  }
  world.restart();
  entry.path = moved.string();
  ASSERT_TRUE(world.program().library().record_pending(
      {.entry = entry, .tags = {}, .trained_words = {}, .version_document = {}}));
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_EQ(report.items.front().outcome, Outcome::adopted);
  EXPECT_THAT(world.program().observer().told().phases.at(0), ElementsAre(Phase::checking));
  EXPECT_EQ(report.bytes_fetched().value, 0U);
  EXPECT_EQ(world.path(only_file), moved);
  EXPECT_EQ(world.journal().count("storage"), 1U);
}

TEST(Run, WritesTheVersionsDocumentBesideItsFile) {
  World world(one_file(50'000));
  world.program().version_documents = true;
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_EQ(report.documents_written, 1);
  const os::Path document = engine::document_path(world.path(only_file));
  EXPECT_EQ(content_of(document), *expect_good(world.program().library().version_document(VersionId{only_version})))
      << "as received, byte for byte";
}

TEST(Run, WritesModelDocumentsAndKeepsForeignOnes) {
  World world(many_files(2, 2'000));
  world.program().model_documents = true;
  const engine::Plan plan = world.plan();
  ASSERT_THAT(plan.documents, SizeIs(2));
  world.put_foreign(plan.documents.front().path, R"({"my":"notes"})");
  const auto report = world.run(plan);
  EXPECT_EQ(report.documents_written, 2) << "beside the foreign one, under a second name";
  EXPECT_THAT(report.notices, IsEmpty());
  EXPECT_THAT(report.document_errors, IsEmpty());
}

TEST(Run, DocumentsAloneFetchNoFile) {
  World world(many_files(3, 2'000));
  world.program().documents_only = true;
  const auto report = world.run();
  EXPECT_EQ(report.documents_written, 3);
  EXPECT_THAT(report.items, IsEmpty());
  EXPECT_EQ(world.journal().count("download"), 0U);
  EXPECT_THAT(world.files(), SizeIs(3));
}

TEST(Run, TwoProgramsOnOneFolderDoNotDisturbEachOther) {
  World world(many_files(10, 50'000), {.site = {.storage_rate = 1'000'000}});
  DownloaderSettings settings = world.program().settings();
  Downloader other(settings);
  const engine::Plan plan = world.plan();
  const engine::Plan same = other.plan();
  engine::RunReport second;
  {
    std::jthread at_the_same_time([&] { second = other.run(same); });
    static_cast<void>(world.run(plan));
  }
  static_cast<void>(second);
  world.restart();
  static_cast<void>(world.run());  // whatever one left to the other
  for (const LibraryEntry& entry : expect_good(world.program().library().entries())) {
    EXPECT_EQ(entry.status, EntryStatus::downloaded) << entry.error;
  }
  EXPECT_EQ(world.files().size(), 10U);
}

}  // namespace
}  // namespace civitai::test
