// The disk says no: full, read-only, in the way. Nothing half appears under a final name and nothing received is lost.
#include "engine/partial_file.hpp"
#include "store/sqlite.hpp"
#include "support/faulty_file_system.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

using Outcome = engine::ItemReport::Outcome;

constexpr std::uint64_t file_size = 300'000;

// The `n`th answer that the storage gives may be this slow, so that a fault hits while bytes are on their way.
WorldSettings on(FaultyFileSystem& files, int concurrency = 1) {
  return {.program = {.concurrency = concurrency, .files = &files}};
}

TEST(Disk, FullEndsTheRunAndKeepsWhatIsHere) {
  FaultyFileSystem files;
  World world(many_files(4, file_size), on(files));
  world.site().change_options([](standin::Options& options) { options.storage_rate = 2'000'000; });
  files.fail(FileOperation::write, ENOSPC,
             2);  // what could not be written is tried once more: not the last of the file
  const auto report = world.run();
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::disk_full);
  EXPECT_EQ(report.count(Outcome::failed), 1U);
  EXPECT_EQ(report.count(Outcome::not_started), 3U);
  EXPECT_THAT(world.remains(), Contains(EndsWith(".state.tmp"))) << "the journal tells the next run what is here";
  EXPECT_EQ(world.files(), world.remains());
  world.restart([](DownloaderSettings& settings) { settings.files = nullptr; });
  expect_all_here(world, world.run());
  EXPECT_THAT(world.ranges(), Contains(MatchesRegex("bytes=[1-9][0-9]*-"))) << "what was here is not fetched again";
}

TEST(Disk, FullStopsTheOtherWorkersToo) {
  FaultyFileSystem files;
  World world(many_files(8, file_size), on(files, 4));
  world.site().change_options([](standin::Options& options) { options.storage_rate = 1'000'000; });
  files.fail(FileOperation::write, ENOSPC, 6);
  const auto report = world.run();
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::disk_full);
  EXPECT_EQ(report.count(Outcome::failed), 1U);
  EXPECT_GE(report.count(Outcome::not_started), 4U);
  world.restart([](DownloaderSettings& settings) { settings.files = nullptr; });
  expect_all_here(world, world.run());
}

TEST(Disk, FullDuringTheLastFlushPlacesNothing) {
  FaultyFileSystem files;
  World world(one_file(file_size), on(files));
  files.fail(FileOperation::flush, EDQUOT);
  const auto report = world.run();
  EXPECT_EQ(only_error(report).kind, ErrorKind::disk_full);
  EXPECT_EQ(world.files(), world.remains());
}

TEST(Disk, BytesAreFlushedBeforeTheyAreVisibleAndTheNameAfter) {
  FaultyFileSystem files;
  World world(one_file(file_size, {.name = "a.safetensors"}), on(files));
  expect_all_here(world, world.run());
  const std::string name = world.path(only_file).filename().string();
  const std::string partial = format("{}.{}.tmp", name, only_file);
  const int flushed = files.position_of("flush " + partial);
  const int renamed = files.position_of(format("rename {} {}", partial, name));
  const int directory = files.position_of("flush_directory " + world.path(only_file).parent_path().filename().string());
  EXPECT_GE(flushed, 0);
  EXPECT_LT(flushed, renamed);
  EXPECT_GE(directory, 0);
}

TEST(Disk, TroubleWithOneFileIsNotTheOthers) {
  for (const FileOperation operation : {FileOperation::write, FileOperation::flush, FileOperation::rename}) {
    FaultyFileSystem files;
    World world(many_files(3, file_size), on(files));
    files.fail(operation, EIO);
    const auto report = world.run();
    EXPECT_EQ(report.count(Outcome::failed), 1U) << to_string(operation);
    EXPECT_EQ(report.count(Outcome::downloaded), 2U) << to_string(operation);
    EXPECT_FALSE(report.stopped_by);
    expect_all_here(world, world.run_again());
  }
}

TEST(Disk, AFileThatWasPlacedButNotRecordedIsAdoptedByTheNextRun) {
  FaultyFileSystem files;
  WorldSettings settings = on(files);
  settings.program.checkpoint_interval = std::chrono::hours(1);  // a journal would flush its folder, too
  World world(one_file(file_size), std::move(settings));
  // After the rename: of the folders, and of the name in the last of them.
  files.fail(FileOperation::flush_directory, EIO);
  const auto report = world.run();
  EXPECT_EQ(only_error(report).kind, ErrorKind::io);
  ASSERT_EQ(world.entry(only_file).status, EntryStatus::error);
  ASSERT_TRUE(std::filesystem::exists(world.path(only_file)));
  const auto second = world.run_again();
  expect_all_here(world, second);
  EXPECT_EQ(second.items.front().outcome, Outcome::adopted);
  EXPECT_EQ(world.journal().count("storage"), 1U);
}

TEST(Disk, AFileInTheWayOfAFolderIsSaid) {
  World world(one_file(file_size));
  world.put_foreign(world.root() / "lora", "a file where a folder has to be");
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_THAT(error.message, HasSubstr("lora"));
}

TEST(Disk, AFileThatAnotherProcessIsFetchingIsLeftToIt) {
  World world(one_file(file_size));
  const engine::Plan plan = world.plan();
  os::RealFileSystem files;
  const os::Path partial = engine::partial_path(plan.items.front().target, FileId{only_file});
  ASSERT_TRUE(os::make_directories(files, partial.parent_path()));
  {
    const auto handle = files.open(partial, os::OpenMode::write);
    ASSERT_TRUE(handle);
    ASSERT_TRUE(expect_good(os::try_lock(*handle, partial)));
    const Error error = only_error(world.run(plan));
    EXPECT_THAT(error.message, HasSubstr("another process"));
  }
  expect_all_here(world, world.run_again());
}

TEST(Disk, AFileThatGotItsFinalNameMeanwhileIsNotWrittenTo) {
  const TempDir folder;
  const os::Path partial = folder.write("a.safetensors.33.tmp", "all bytes of another process");
  FaultyFileSystem files;
  bool first = true;
  // Between our opening and locking it, the other process finishes and lets go of it.
  files.after_open([&](const os::Path&) {
    if (std::exchange(first, false)) std::filesystem::rename(partial, folder / "a.safetensors");
  });
  const auto opened = engine::PartialFile::open(files, partial, "33", "length:4");
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->write(0, std::as_bytes(std::span("ours", 4))));
  EXPECT_EQ(folder.read("a.safetensors"), "all bytes of another process");
  EXPECT_EQ(folder.read("a.safetensors.33.tmp"), "ours");
}

TEST(Disk, AForeignPartialFileIsNotBelieved) {
  World world(one_file(file_size));
  const engine::Plan plan = world.plan();
  const os::Path partial = engine::partial_path(plan.items.front().target, FileId{only_file});
  std::filesystem::create_directories(partial.parent_path());
  std::ofstream(partial, std::ios::binary) << std::string(file_size, 'x');
  std::ofstream(engine::journal_path(partial), std::ios::binary) << "civitai-downloader partial 1\nnonsense\n";
  expect_all_here(world, world.run(plan));
  EXPECT_EQ(world.bytes_from_storage(), file_size);
}

TEST(Disk, APartialFileThatWasCutShortIsNotBelieved) {
  World world(one_file(file_size));
  world.faults({"storage=close-after:200000@1", "storage=status:500:xml@2-"});
  static_cast<void>(only_error(world.run()));
  world.site().faults().clear();
  const auto remains = world.remains();
  ASSERT_EQ(remains.size(), 2U);
  for (const std::string& name : remains) {
    if (!name.ends_with(".state.tmp")) std::filesystem::resize_file(world.root() / name, 50'000);
  }
  expect_all_here(world, world.run_again());
}

TEST(Disk, BytesOfAPartialFileThatRottedAreFoundOut) {
  World world(one_file(file_size));
  world.faults({"storage=close-after:200000@1", "storage=status:500:xml@2-"});
  static_cast<void>(only_error(world.run()));
  world.site().faults().clear();
  for (const std::string& name : world.remains()) {
    if (name.ends_with(".state.tmp")) continue;
    std::fstream file(world.root() / name, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(100'000);
    file << "rotten";
  }
  expect_all_here(world, world.run_again());
}

TEST(Disk, AFileThatTheLibraryDidNotTakeIsAdoptedByTheNextRun) {
  World world(one_file(file_size));
  const os::Path database = world.folder().path() / "library.db";
  auto connection = expect_good(store::Connection::open(database, store::Connection::Access::existing));
  ASSERT_TRUE(connection.execute("CREATE TRIGGER no BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'no'); END"));
  static_cast<void>(only_error(world.run()));
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::pending)
      << "as a crash between placing and recording leaves it";
  EXPECT_TRUE(std::filesystem::exists(world.path(only_file)));
  ASSERT_TRUE(connection.execute("DROP TRIGGER no"));
  const auto second = world.run_again();
  expect_all_here(world, second);
  EXPECT_EQ(second.items.front().outcome, Outcome::adopted);
  EXPECT_EQ(world.journal().count("storage"), 1U);
}

}  // namespace
}  // namespace civitai::test
