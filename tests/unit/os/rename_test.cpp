#include "os/rename.hpp"

#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace civitai::os {
namespace {

using test::TempDir;
using Replace = FileSystem::Replace;

class RenameWithoutReplacing : public ::testing::TestWithParam<RenameMeans> {
 protected:
  TempDir dir;
};

TEST_P(RenameWithoutReplacing, GivesTheNewName) {
  dir.write("from", "bytes");
  EXPECT_EQ(rename_without_replacing(dir / "from", dir / "to", GetParam()), 0);
  EXPECT_EQ(dir.read("to"), "bytes");
  EXPECT_EQ(dir.count(), 1U);
}

TEST_P(RenameWithoutReplacing, LeavesAnExistingTargetAlone) {
  dir.write("from", "new");
  dir.write("to", "good");
  EXPECT_EQ(rename_without_replacing(dir / "from", dir / "to", GetParam()), EEXIST);
  EXPECT_EQ(dir.read("from"), "new");
  EXPECT_EQ(dir.read("to"), "good");
}

TEST_P(RenameWithoutReplacing, LeavesADanglingLinkAlone) {
  dir.write("from", "new");
  std::filesystem::create_symlink("nowhere", dir / "to");
  EXPECT_EQ(rename_without_replacing(dir / "from", dir / "to", GetParam()), EEXIST);
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "to"));
}

TEST_P(RenameWithoutReplacing, TellsAMissingSource) {
  EXPECT_EQ(rename_without_replacing(dir / "from", dir / "to", GetParam()), ENOENT);
  EXPECT_EQ(dir.count(), 0U);
}

TEST_P(RenameWithoutReplacing, TellsAMissingTargetDirectory) {
  dir.write("from", "bytes");
  EXPECT_EQ(rename_without_replacing(dir / "from", dir / "missing/to", GetParam()), ENOENT);
  EXPECT_EQ(dir.read("from"), "bytes");
}

// Directories have no hard links: the next means takes over.
TEST_P(RenameWithoutReplacing, MovesDirectoriesToo) {
  dir.write("from/file", "bytes");
  EXPECT_EQ(rename_without_replacing(dir / "from", dir / "to", GetParam()), 0);
  EXPECT_EQ(dir.read("to/file"), "bytes");
}

INSTANTIATE_TEST_SUITE_P(EachMeans, RenameWithoutReplacing,
                         ::testing::Values(RenameMeans::exclusive_rename, RenameMeans::hard_link,
                                           RenameMeans::check_first));

TEST(Rename, ReplacesOnlyWhenAllowed) {
  const TempDir dir;
  RealFileSystem files;
  dir.write("from", "new");
  dir.write("to", "old");
  const Status refused = files.rename(dir / "from", dir / "to", Replace::no);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::io);
  EXPECT_EQ(refused.error().message,
            "cannot rename " + (dir / "from").native() + " to " + (dir / "to").native() + ": file exists");
  EXPECT_EQ(dir.read("to"), "old");
  EXPECT_TRUE(files.rename(dir / "from", dir / "to", Replace::yes));
  EXPECT_EQ(dir.read("to"), "new");
  EXPECT_FALSE(files.rename(dir / "from", dir / "to", Replace::yes));
}

}  // namespace
}  // namespace civitai::os
