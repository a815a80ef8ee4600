#include "os/publish.hpp"

#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

namespace civitai::os {
namespace {

using test::FaultyFileSystem;
using test::FileOperation;
using test::TempDir;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

TEST(PublishText, WritesTheWholeContent) {
  const TempDir dir;
  RealFileSystem files;
  const std::string content = std::string(300'000, 'x') + '\0' + "end";
  ASSERT_TRUE(publish_text(files, dir / "new/folder/a.json", content));
  EXPECT_EQ(dir.read("new/folder/a.json"), content);
  ASSERT_TRUE(publish_text(files, dir / "new/folder/a.json", ""));
  EXPECT_EQ(dir.read("new/folder/a.json"), "");
}

TEST(PublishText, ReplacesTheSiblingThatAnEarlierProcessLeft) {
  const TempDir dir;
  RealFileSystem files;
  dir.write("a.next", "something longer than what comes");
  ASSERT_TRUE(publish_text_by(files, dir / "a.next", dir / "a.json", "{}"));
  EXPECT_EQ(dir.read("a.json"), "{}");
  EXPECT_EQ(dir.count(), 1U);
}

TEST(PublishText, FlushesTheSiblingBeforeItTakesTheName) {
  const TempDir dir;
  FaultyFileSystem files;
  ASSERT_TRUE(publish_text(files, dir / "a.json", "{}"));
  const std::string folder = dir.path().filename().native();
  EXPECT_THAT(files.calls(),
              ElementsAre(MatchesRegex("open a\\.json\\.[0-9a-f]{16}\\.tmp"), StartsWith("write a.json."),
                          StartsWith("flush a.json."), EndsWith(".tmp a.json"), "flush_directory " + folder));
}

TEST(PublishText, UsesAnotherSiblingEachTime) {
  const TempDir dir;
  FaultyFileSystem files;
  ASSERT_TRUE(publish_text(files, dir / "a", "1"));
  ASSERT_TRUE(publish_text(files, dir / "a", "2"));
  const auto calls = files.calls();
  ASSERT_EQ(calls.size(), 10U);
  EXPECT_NE(calls[0], calls[5]);
}

TEST(PublishText, LeavesTheOldContentAndNoSiblingWhenItFails) {
  for (const FileOperation operation :
       {FileOperation::open, FileOperation::write, FileOperation::flush, FileOperation::rename}) {
    SCOPED_TRACE(to_string(operation));
    const TempDir dir;
    dir.write("a", "old");
    FaultyFileSystem files;
    files.fail(operation, ENOSPC);
    const Status published = publish_text(files, dir / "a", "new");
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().kind, ErrorKind::disk_full);
    EXPECT_EQ(dir.read("a"), "old");
    EXPECT_EQ(dir.count(), 1U);
  }
}

TEST(PublishText, TellsWhenTheNewNameMayNotSurviveAPowerCut) {
  const TempDir dir;
  dir.write("a", "old");
  FaultyFileSystem files;
  files.fail(FileOperation::flush_directory, EIO);
  EXPECT_FALSE(publish_text(files, dir / "a", "new"));
  EXPECT_EQ(dir.read("a"), "new");
  EXPECT_EQ(dir.count(), 1U);
}

TEST(PublishText, HidesFromOthersWhatIsForTheOwner) {
  const TempDir dir;
  RealFileSystem files;
  dir.write("secret", "readable by all");
  ASSERT_TRUE(publish_text(files, dir / "secret", "key", Access::owner));
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  EXPECT_EQ(std::filesystem::status(dir / "secret").permissions() & others, std::filesystem::perms::none);
}

TEST(PublishText, FindsRoomForTheSiblingOfTheLongestName) {
  const TempDir dir;
  RealFileSystem files;
  std::string name;
  for (int i = 0; i < 127; ++i) name += "é";
  ASSERT_TRUE(publish_text(files, dir / (name + "x"), "content"));
  EXPECT_EQ(dir.read(name + "x"), "content");
  EXPECT_EQ(dir.count(), 1U);
}

TEST(FaultyFiles, FailOnTheCallThatWasArmedOnly) {
  const TempDir dir;
  FaultyFileSystem files;
  files.fail(FileOperation::flush_directory, EIO, 2);
  EXPECT_TRUE(files.flush_directory(dir.path()));
  EXPECT_FALSE(files.flush_directory(dir.path()));
  EXPECT_TRUE(files.flush_directory(dir.path()));
}

TEST(FaultyFiles, TellTheSpaceTheyWereGiven) {
  FaultyFileSystem files;
  files.set_free_space(ByteCount{7});
  EXPECT_EQ(files.free_space("/").value(), ByteCount{7});
  EXPECT_EQ(files.position_of("free_space "), 0);
  EXPECT_EQ(files.position_of("open a"), -1);
}

TEST(PublishTexts, PublishesAllAndFlushesEachFolderOnce) {
  const TempDir dir;
  FaultyFileSystem files;
  const std::vector<Text> texts = {{dir / "a/1.json", "one"}, {dir / "a/2.json", "two"}, {dir / "b/3.json", "three"}};
  const auto statuses = publish_texts(files, texts);
  ASSERT_EQ(statuses.size(), 3U);
  for (const Status& status : statuses) EXPECT_TRUE(status);
  EXPECT_EQ(dir.read("a/2.json"), "two");
  EXPECT_EQ(dir.read("b/3.json"), "three");
  const auto calls = files.calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "flush_directory a"), 1);
}

TEST(PublishTexts, LeavesNothingOfTheOneThatFails) {
  const TempDir dir;
  FaultyFileSystem files;
  files.fail(FileOperation::flush, EIO, 2);
  const std::vector<Text> texts = {{dir / "1.json", "one"}, {dir / "2.json", "two"}, {dir / "3.json", "three"}};
  const auto statuses = publish_texts(files, texts);
  ASSERT_EQ(statuses.size(), 3U);
  EXPECT_TRUE(statuses[0]);
  EXPECT_FALSE(statuses[1]);
  EXPECT_TRUE(statuses[2]);
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir.path())) ++entries;
  EXPECT_EQ(entries, 2U) << "neither the name nor what was on its way there";
}

}  // namespace
}  // namespace civitai::os
