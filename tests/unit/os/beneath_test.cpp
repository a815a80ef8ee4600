#include "os/beneath.hpp"

#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace civitai::os {
namespace {

using test::TempDir;
using ::testing::HasSubstr;

HeldFolder held(const Path& path) {
  auto folder = HeldFolder::open(path);
  if (!folder) throw std::runtime_error(folder.error().message);
  return std::move(*folder);
}

TEST(HeldFolder, OpensAndRemovesWhatLiesBelow) {
  const TempDir dir;
  dir.write("a/b/c.tmp", "x");
  const HeldFolder folder = held(dir.path());
  EXPECT_TRUE(folder.open_file("a/b/c.tmp"));
  EXPECT_TRUE(folder.remove_file("a/b/c.tmp"));
  EXPECT_FALSE(dir.has("a/b/c.tmp"));
  EXPECT_FALSE(folder.remove_file("a/b/c.tmp"));
}

TEST(HeldFolder, FollowsNoLinkAndNoWayUp) {
  const TempDir dir;
  const TempDir outside;
  outside.write("precious.tmp", "x");
  std::filesystem::create_directory_symlink(outside.path(), dir / "link");
  std::filesystem::create_symlink(outside / "precious.tmp", dir / "link.tmp");
  dir.write("in/x", "");
  const HeldFolder folder = held(dir / "in");
  const HeldFolder above = held(dir.path());
  EXPECT_FALSE(above.open_file("link/precious.tmp"));
  EXPECT_FALSE(above.remove_file("link/precious.tmp"));
  EXPECT_FALSE(above.open_file("link.tmp"));
  EXPECT_FALSE(folder.open_file("../in/x"));
  EXPECT_FALSE(folder.remove_file("../in/x"));
  EXPECT_TRUE(outside.has("precious.tmp"));
}

TEST(HeldFolder, OpensNothingButFiles) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "pipe.tmp").c_str(), 0600), 0);
  dir.write("folder.tmp/x", "");
  const HeldFolder folder = held(dir.path());
  EXPECT_THAT(folder.open_file("pipe.tmp").error().message, HasSubstr("is not a file"));
  EXPECT_FALSE(folder.open_file("folder.tmp"));
}

TEST(HeldFolder, RemovesFoldersOnlyWhenEmpty) {
  const TempDir dir;
  dir.write("full/x", "");
  std::filesystem::create_directories(dir / "empty");
  const HeldFolder folder = held(dir.path());
  EXPECT_FALSE(folder.remove_if_empty("full"));
  EXPECT_TRUE(folder.remove_if_empty("empty"));
  EXPECT_FALSE(folder.remove_if_empty("empty"));
  EXPECT_TRUE(dir.has("full/x"));
  EXPECT_FALSE(dir.has("empty"));
}

TEST(IsOpenElsewhere, SeesAnotherHandleOfTheFile) {
  const TempDir dir;
  const Path path = dir.write("a", "x");
  RealFileSystem files;
  const FileHandle own = std::move(*files.open(path, OpenMode::read));
  EXPECT_FALSE(is_open_elsewhere(own));
  {
    const FileHandle other = std::move(*files.open(path, OpenMode::write));
    EXPECT_TRUE(is_open_elsewhere(own));
  }
  EXPECT_FALSE(is_open_elsewhere(own));
}

}  // namespace
}  // namespace civitai::os
