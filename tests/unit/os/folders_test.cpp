#include "os/folders.hpp"

#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

namespace civitai::os {
namespace {

using test::FaultyFileSystem;
using test::FileOperation;
using test::TempDir;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class FoldersTest : public ::testing::Test {
 protected:
  // The calls since the last question.
  std::vector<std::string> news() {
    auto calls = files.calls();
    calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(seen_));
    seen_ += calls.size();
    return calls;
  }
  Status settle(const Path& directory) { return folders.settle(std::vector<Path>{directory}); }

  TempDir dir;
  FaultyFileSystem files;
  Folders folders{files, dir / "root"};

 private:
  std::size_t seen_ = 0;
};

TEST_F(FoldersTest, AreMadeWithoutAFlush) {
  ASSERT_TRUE(folders.make(dir / "root/a/b"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "root/a/b"));
  EXPECT_THAT(news(), IsEmpty());
}

TEST_F(FoldersTest, AreFlushedWithAllAboveThemThatGainedAnEntry) {
  ASSERT_TRUE(folders.make(dir / "root/a/b"));
  ASSERT_TRUE(settle(dir / "root/a/b"));
  const auto calls = news();
  const std::string base = dir.path().filename().string();
  for (const std::string& name : {base, std::string("root"), std::string("a"), std::string("b")}) {
    EXPECT_THAT(calls, Contains("flush_directory " + name));
  }
}

TEST_F(FoldersTest, AreFlushedOnceAndTheLastOneEachTime) {
  ASSERT_TRUE(folders.make(dir / "root/a/b"));
  ASSERT_TRUE(settle(dir / "root/a/b"));
  news();
  ASSERT_TRUE(settle(dir / "root/a/b"));
  EXPECT_EQ(news(), std::vector<std::string>{"flush_directory b"});
}

TEST_F(FoldersTest, AreFlushedAgainAfterAnotherEntry) {
  ASSERT_TRUE(folders.make(dir / "root/a/b"));
  ASSERT_TRUE(settle(dir / "root/a/b"));
  ASSERT_TRUE(folders.make(dir / "root/a/c"));
  news();
  ASSERT_TRUE(settle(dir / "root/a/c"));
  const auto calls = news();
  EXPECT_THAT(calls, Contains("flush_directory a"));
  EXPECT_THAT(calls, Not(Contains("flush_directory root")));
}

TEST_F(FoldersTest, AreFlushedForWhoeverFoundThemMade) {
  ASSERT_TRUE(folders.make(dir / "root/a/b"));
  ASSERT_TRUE(folders.make(dir / "root/a/c"));
  ASSERT_TRUE(settle(dir / "root/a/c"));
  EXPECT_THAT(news(), Contains("flush_directory root")) << "the entry of a is needed for a/c too";
}

TEST_F(FoldersTest, ThatAKilledRunHasLeftAreFlushed) {
  std::filesystem::create_directories(dir / "root/a/b");
  ASSERT_TRUE(folders.make(dir / "root/a/b"));
  ASSERT_TRUE(settle(dir / "root/a/b"));
  EXPECT_THAT(news(), Contains("flush_directory root"));
}

TEST_F(FoldersTest, AreTriedAgainAfterAFailure) {
  ASSERT_TRUE(folders.make(dir / "root/a"));
  files.fail(FileOperation::flush_directory, EIO, 2);
  EXPECT_FALSE(settle(dir / "root/a"));
  news();
  ASSERT_TRUE(settle(dir / "root/a"));
  EXPECT_THAT(news(), Contains("flush_directory root"));
}

TEST_F(FoldersTest, WhereAFileStandsInTheWayItIsSaid) {
  dir.write("root/a", "a file");
  const Status made = folders.make(dir / "root/a/b");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::io);
}

TEST(FlushTogether, FlushesManyFilesAndSaysSoForEach) {
  const TempDir dir;
  RealFileSystem files;
  std::vector<Path> paths;
  std::vector<FileHandle> handles;
  for (int i = 0; i < 20; ++i) paths.push_back(dir / format("file{}", i));
  for (const Path& path : paths) {
    auto handle = files.open(path, OpenMode::write);
    ASSERT_TRUE(handle);
    ASSERT_TRUE(files.write_at(*handle, path, 0, std::as_bytes(std::span("bytes", 5))));
    handles.push_back(std::move(*handle));
  }
  std::vector<OpenFile> open;
  for (std::size_t i = 0; i < paths.size(); ++i) open.push_back({&handles[i], &paths[i]});
  const auto statuses = files.flush_together(open);
  ASSERT_EQ(statuses.size(), paths.size());
  for (const Status& status : statuses) EXPECT_TRUE(status);
}

TEST(FlushTogether, TellsOfTheFileThatCannotBeFlushed) {
  const TempDir dir;
  FaultyFileSystem files;
  const Path path = dir / "file";
  const auto handle = files.open(path, OpenMode::write);
  ASSERT_TRUE(handle);
  files.fail(FileOperation::flush, EIO, 3);
  const std::vector<OpenFile> open(5, OpenFile{&*handle, &path});
  const auto statuses = files.flush_together(open);
  ASSERT_EQ(statuses.size(), 5U);
  for (std::size_t i = 0; i < statuses.size(); ++i) EXPECT_EQ(statuses[i].has_value(), i != 2);
}

TEST(FlushTogether, FailsForDirectoriesThatAreNotThere) {
  const TempDir dir;
  RealFileSystem files;
  std::filesystem::create_directories(dir / "a");
  EXPECT_TRUE(files.flush_directories(std::vector<Path>(6, dir / "a")));
  std::vector<Path> some(5, dir / "a");
  some.push_back(dir / "missing");
  EXPECT_FALSE(files.flush_directories(some));
}

}  // namespace
}  // namespace civitai::os
