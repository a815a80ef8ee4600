// Verifying the library and mending it: with several threads, stopped, and killed at every step.
#include "engine/redownload.hpp"
#include "support/child_process.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace civitai::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

void damage(const os::Path& path, std::streamoff offset = 1000) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(offset);
  file.write("wrong", 5);
}

TEST(Verify, FindsWhatIsWrongWithSeveralThreads) {
  World world(many_files(40));
  expect_all_here(world, world.run());
  const auto entries = expect_good(world.program().library().entries());
  damage(entries[3].path);
  std::filesystem::remove(entries[7].path);
  const auto report = world.program().verify({.threads = 8});
  EXPECT_EQ(report.count(engine::FileState::proven), 38U);
  ASSERT_THAT(report.problems, SizeIs(2));
  const auto after = expect_good(world.program().library().entries());
  EXPECT_EQ(after[3].status, EntryStatus::error);
  EXPECT_EQ(after[7].status, EntryStatus::error);
  std::filesystem::remove(entries[3].path);
}

// AutoV3 covers the tensors alone, not what is said about them.
TEST(Verify, NoticesAChangeThatTheWeakHashOfTheSiteDoesNotCover) {
  World world(one_file(300'000, {.hashes = standin::HashSet::autov3}));
  expect_all_here(world, world.run());
  const LibraryEntry entry = world.entry(only_file);
  EXPECT_EQ(entry.hashes.get(HashKind::sha256), digests_of(content_of(entry.path)).sha256);
  damage(entry.path, 12);
  EXPECT_THAT(world.program().verify().problems, SizeIs(1));
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::error);
  std::filesystem::remove(entry.path);
}

TEST(Verify, StoppedItKeepsWhatItHasProven) {
  World world(many_files(10));
  expect_all_here(world, world.run());
  world.program().stop.request_stop();
  const auto report = world.program().verify();
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::cancelled);
  EXPECT_THAT(report.problems, IsEmpty());
  for (const LibraryEntry& entry : expect_good(world.program().library().entries())) {
    EXPECT_EQ(entry.status, EntryStatus::downloaded);
  }
}

TEST(Verify, WithoutRecordingLeavesTheLibraryAsItIs) {
  World world(one_file());
  expect_all_here(world, world.run());
  const os::Path path = expect_good(world.program().library().entries()).front().path;
  damage(path);
  EXPECT_THAT(world.program().verify({.recording = engine::Recording::none}).problems, SizeIs(1));
  EXPECT_EQ(expect_good(world.program().library().entries()).front().status, EntryStatus::downloaded);
  std::filesystem::remove(path);
  EXPECT_THAT(world.program().verify().problems, SizeIs(1));
}

// What may be seen of a repair from outside, at any moment.
void expect_nothing_lost(World& world, const os::Path& path, const std::string& wrong) {
  const std::string now = std::filesystem::exists(path) ? content_of(path) : "";
  const bool right = world.truth().is_content_of_any(digests_of(now).sha256);
  const os::Path aside = engine::replaced_path(path, FileId{only_file});
  const bool kept = now == wrong || (std::filesystem::exists(aside) && content_of(aside) == wrong);
  EXPECT_TRUE(right || kept) << "the wrong file is gone before the right one is here";
  EXPECT_TRUE(right || now == wrong || now.empty()) << "something half has the name";
  // Until it is looked at, a wrong file is not known to be one.
  EXPECT_TRUE(right || now == wrong || world.entry(only_file).status != EntryStatus::downloaded);
}

// Lets the program die at its `call`th change of the disk while it mends a wrong file. true when it got through.
bool mends_after_a_crash_at(CrashPoint crash) {
  ChildProcess child;
  World world(one_file(200'000), {.program = {.concurrency = 1}});
  expect_all_here(world, world.run());
  const os::Path path = world.path(only_file);
  damage(path);
  const std::string wrong = content_of(path);
  const DownloaderSettings settings = world.program().settings();
  world.end_program();
  child.start(settings, crash, Task::repair);
  const bool got_through = child.wait();
  world.restart();
  expect_nothing_lost(world, path, wrong);
  static_cast<void>(world.program().repair());
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::downloaded);
  EXPECT_EQ(world.path(only_file), path);
  EXPECT_THAT(world.files(), SizeIs(1));
  return got_through;
}

class RepairCrash : public ::testing::TestWithParam<Loss> {};

TEST_P(RepairCrash, AtEveryChangeOfTheDiskIsMendedByTheNextRun) {
  constexpr int more_than_there_are = 60;
  int call = 1;
  while (call < more_than_there_are && !mends_after_a_crash_at({call, GetParam()})) {
    if (HasFailure()) FAIL() << "after a crash at call " << call;
    ++call;
  }
  EXPECT_GT(call, 5) << "there should be more steps than that";
  EXPECT_LT(call, more_than_there_are);
}

INSTANTIATE_TEST_SUITE_P(Process, RepairCrash, ::testing::Values(Loss::none));
INSTANTIATE_TEST_SUITE_P(Power, RepairCrash, ::testing::Values(Loss::unflushed));

}  // namespace
}  // namespace civitai::test
