#include "engine/lost_folders.hpp"

#include "base/format.hpp"
#include "store/library.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

class LostFolders : public ::testing::Test {
 protected:
  // So many files that the library has downloaded into the folder; on the disk there are none.
  void record(const os::Path& folder, int files) {
    std::vector<store::Record> records;
    for (int i = 0; i < files; ++i) {
      store::FileRecord file;
      const std::int64_t id = ++last_;
      file.entry.model_id = {id};
      file.entry.version_id = {id};
      file.entry.file_id = {id};
      const os::Path path = folder / format("{}", id) / "file.safetensors";
      records.emplace_back(file);
      records.emplace_back(store::DownloadedRecord{{id}, path, {5}, {}, {"length", ""}});
    }
    ASSERT_TRUE(library_->record_all(records));
  }

  std::vector<std::pair<os::Path, std::size_t>> find() {
    auto view = store::LibraryView::open(directory_ / "l.db");
    std::vector<std::pair<os::Path, std::size_t>> found;
    const auto folders = find_lost_folders(*view, root_).value();
    for (const LostFolder& folder : folders) {
      found.emplace_back(folder.path, folder.files);
    }
    return found;
  }

  using Found = std::vector<std::pair<os::Path, std::size_t>>;

  test::TempDir directory_;
  os::Path root_ = directory_.path() / "downloads";
  os::Path mine_ = directory_.path() / "mine";
  Result<store::Library> library_ = store::Library::open(directory_ / "l.db", store::Library::Mode::read_write);
  std::int64_t last_ = 0;
};

TEST_F(LostFolders, TheRootCountsWithAnyFile) {
  record(root_ / "lora", 1);
  EXPECT_EQ(find(), (Found{{root_, 1}})) << "missing";
  fs::create_directory(root_);
  EXPECT_EQ(find(), (Found{{root_, 1}})) << "empty, as a place to mount something is";
  directory_.write("downloads/something", "");
  EXPECT_THAT(find(), IsEmpty()) << "somebody removed one folder";
}

TEST_F(LostFolders, OthersCountWithManyFiles) {
  directory_.write("downloads/something", "");
  record(mine_, 9);
  EXPECT_THAT(find(), IsEmpty());
  record(mine_ / "deep" / "down", 3);
  record(root_ / "lora", 10);
  EXPECT_EQ(find(), (Found{{root_ / "lora", 10}, {mine_, 12}}));
  fs::create_symlink("nowhere", mine_);
  EXPECT_EQ(find(), (Found{{root_ / "lora", 10}, {mine_, 12}})) << "a link to a disk that is not there";
  fs::remove(mine_);
  directory_.write("mine/something", "");
  EXPECT_EQ(find(), (Found{{root_ / "lora", 10}})) << "each folder has one file";
}

TEST_F(LostFolders, WhatIsNoLongerHereIsNotMissed) {
  record(root_, 1);
  ASSERT_TRUE(library_->record_error({1}, "missing"));
  EXPECT_THAT(find(), IsEmpty());
}

TEST(HoldsPath, ComparesWholeNames) {
  EXPECT_TRUE(holds_path("/a/b", "/a/b/c"));
  EXPECT_TRUE(holds_path("/a/b", "/a/b"));
  EXPECT_FALSE(holds_path("/a/b", "/a/bc"));
  EXPECT_FALSE(holds_path("/a/b/c", "/a/b"));
}

}  // namespace
}  // namespace civitai::engine
