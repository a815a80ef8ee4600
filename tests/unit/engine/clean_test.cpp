#include "engine/clean.hpp"

#include "engine/partial_file.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>

namespace civitai::engine {
namespace {

using test::TempDir;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class CleanTest : public ::testing::Test {
 protected:
  using Kind = Remain::Kind;
  using Kept = Remain::Kept;

  Remains found(const CleanPolicy& policy = {}) const {
    auto remains = find_remains(dir.path(), policy, {});
    if (!remains) throw std::runtime_error(remains.error().message);
    return std::move(*remains);
  }
  static std::map<std::string, Kind> kinds(const Remains& remains) {
    std::map<std::string, Kind> result;
    for (const Remain& remain : remains.found) result[remain.path.string()] = remain.kind;
    return result;
  }
  // A partial file of so many bytes, half of which its journal proves. It is in use as long as the result lives.
  PartialFile partial(const std::string& name) const {
    auto file = PartialFile::open(files, dir / name, "9", "SHA256:aa");
    if (!file) throw std::runtime_error(file.error().message);
    const std::string content(100, 'x');
    RangeSet half;
    half.add({0, 50});
    if (!file->write(0, std::as_bytes(std::span(content))) || !file->checkpoint(half, 200)) {
      throw std::runtime_error("cannot write");
    }
    return std::move(*file);
  }

  mutable os::RealFileSystem files;
  TempDir dir;
};

TEST_F(CleanTest, FindsEveryTemporaryFileAndSaysWhatItIs) {
  partial("lora/a.bin.9.tmp");
  dir.write("lora/b.bin.9.rejected.tmp", "12345");
  dir.write("lora/orphan.9.state.tmp", "x");
  dir.write("Other.TMP", "x");
  dir.write("lora/a.bin", "a model");
  dir.write("lora/a.torrent", "x");
  dir.write("lora/a-magnet.txt", "x");
  dir.write("tmp", "no ending");
  EXPECT_THAT(
      kinds(found()),
      UnorderedElementsAre(Pair("lora/a.bin.9.tmp", Kind::partial), Pair("lora/b.bin.9.rejected.tmp", Kind::rejected),
                           Pair("lora/orphan.9.state.tmp", Kind::journal), Pair("Other.TMP", Kind::temporary)));
}

TEST_F(CleanTest, APartialFileGoesWithItsJournal) {
  partial("a.bin.9.tmp");
  const auto journal = std::filesystem::file_size(dir / "a.bin.9.state.tmp");
  const Remains remains = found();
  ASSERT_EQ(remains.found.size(), 1U);
  EXPECT_EQ(remains.found[0].resumable, ByteCount{50});
  EXPECT_EQ(remains.found[0].size, ByteCount{100 + journal});
  const CleanReport report = remove_remains(remains, {});
  EXPECT_EQ(report.files, 2U);
  EXPECT_EQ(report.bytes, ByteCount{100 + journal});
  EXPECT_EQ(dir.count(), 0U);
}

TEST_F(CleanTest, TakesTorrentsAndMagnetsWhenAsked) {
  dir.write("a.torrent", "x");
  dir.write("b/A-Magnet.txt", "x");
  dir.write("magnet.txt", "x");
  EXPECT_THAT(found().found, IsEmpty());
  EXPECT_THAT(kinds(found({.torrents = true})), ElementsAre(Pair("a.torrent", Kind::torrent)));
  EXPECT_THAT(kinds(found({.magnets = true})), ElementsAre(Pair("b/A-Magnet.txt", Kind::magnet)));
}

TEST_F(CleanTest, LeavesAloneWhatADownloadWorksOn) {
  const PartialFile held = partial("a.bin.9.tmp");
  const Remains remains = found();
  ASSERT_EQ(remains.found.size(), 1U);
  EXPECT_EQ(remains.found[0].kept, Kept::in_use);
  EXPECT_EQ(remains.count(), 0U);
  EXPECT_EQ(remains.size(), ByteCount{0});
  EXPECT_EQ(remove_remains(remains, {}).files, 0U);
  EXPECT_EQ(dir.count(), 2U);
}

TEST_F(CleanTest, LeavesAloneWhatAnyProcessHasOpen) {
  const auto path = dir.write("other.tmp", "x");
  const auto open = files.open(path, os::OpenMode::write);
  EXPECT_EQ(found().found[0].kept, Kept::in_use);
}

TEST_F(CleanTest, LooksAgainBeforeItRemoves) {
  partial("a.bin.9.tmp");
  dir.write("b.tmp", "x");
  const Remains remains = found();
  EXPECT_EQ(remains.count(), 2U);
  const PartialFile taken_up = partial("a.bin.9.tmp");
  std::filesystem::remove(dir / "b.tmp");
  const CleanReport report = remove_remains(remains, {});
  EXPECT_EQ(report.files, 0U);
  EXPECT_EQ(report.taken_up, 2U);
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_TRUE(dir.has("a.bin.9.tmp"));
  EXPECT_TRUE(dir.has("a.bin.9.state.tmp"));
}

TEST_F(CleanTest, KeepsWhatCanBeContinuedWhenAsked) {
  partial("a.bin.9.tmp");
  dir.write("b.bin.9.tmp", "x");
  dir.write("b.bin.9.state.tmp", "torn");
  const Remains remains = found({.keep_resumable = true});
  ASSERT_EQ(remains.found.size(), 2U);
  EXPECT_EQ(remains.found[0].kept, Kept::resumable);
  EXPECT_EQ(remains.found[1].kept, std::nullopt);
}

TEST_F(CleanTest, KeepsWhatChangedLately) {
  const auto now = std::chrono::file_clock::now();
  std::filesystem::last_write_time(dir.write("old.tmp", "x"), now - std::chrono::hours(48));
  dir.write("new.tmp", "x");
  const auto yesterday = std::chrono::floor<Milliseconds>(std::chrono::system_clock::now() - std::chrono::hours(24));
  const Remains remains = found({.changed_before = yesterday});
  EXPECT_EQ(remains.count(), 1U);
  EXPECT_EQ(remove_remains(remains, {}).files, 1U);
  EXPECT_FALSE(dir.has("old.tmp"));
  EXPECT_TRUE(dir.has("new.tmp"));
}

TEST_F(CleanTest, AJournalWrittenLatelyKeepsItsPartialFile) {
  partial("a.bin.9.tmp");
  const auto now = std::chrono::file_clock::now();
  std::filesystem::last_write_time(dir / "a.bin.9.tmp", now - std::chrono::hours(48));
  const auto yesterday = std::chrono::floor<Milliseconds>(std::chrono::system_clock::now() - std::chrono::hours(24));
  EXPECT_EQ(found({.changed_before = yesterday}).found[0].kept, Kept::too_young);
}

TEST_F(CleanTest, FollowsNoLinkOutOfTheFolder) {
  const TempDir outside;
  outside.write("precious.tmp", "x");
  std::filesystem::create_directory_symlink(outside.path(), dir / "link");
  std::filesystem::create_symlink(outside / "precious.tmp", dir / "link.tmp");
  EXPECT_THAT(found().found, IsEmpty());
}

TEST_F(CleanTest, AFolderReplacedByALinkMeanwhileLeadsNowhere) {
  const TempDir outside;
  outside.write("a.tmp", "x");
  dir.write("sub/a.tmp", "x");
  const Remains remains = found();
  std::filesystem::remove_all(dir / "sub");
  std::filesystem::create_directory_symlink(outside.path(), dir / "sub");
  const CleanReport report = remove_remains(remains, {});
  EXPECT_EQ(report.files, 0U);
  EXPECT_TRUE(outside.has("a.tmp"));
}

TEST_F(CleanTest, TheFolderItselfMayBeNamedByALink) {
  dir.write("real/a.tmp", "x");
  std::filesystem::create_directory_symlink(dir / "real", dir / "name");
  const auto remains = find_remains(dir / "name", {}, {});
  ASSERT_TRUE(remains);
  EXPECT_EQ(remove_remains(*remains, {}).files, 1U);
  EXPECT_FALSE(dir.has("real/a.tmp"));
  EXPECT_TRUE(dir.has("real"));
}

TEST_F(CleanTest, RemovesFoldersThatItLeftEmptyAndNoOthers) {
  dir.write("a/b/c/x.tmp", "x");
  dir.write("d/x.tmp", "x");
  dir.write("d/stays", "x");
  std::filesystem::create_directories(dir / "was/empty");
  const CleanReport report = remove_remains(found(), {});
  EXPECT_EQ(report.folders, 3U);
  EXPECT_FALSE(dir.has("a"));
  EXPECT_TRUE(dir.has("d/stays"));
  EXPECT_TRUE(dir.has("was/empty"));
  EXPECT_TRUE(std::filesystem::exists(dir.path()));
}

TEST_F(CleanTest, SaysWhenThereIsNoSuchFolder) {
  const auto remains = find_remains(dir / "none", {}, {});
  ASSERT_FALSE(remains);
  EXPECT_EQ(remains.error().kind, ErrorKind::not_found);
}

TEST_F(CleanTest, StopsWhenAsked) {
  dir.write("a.tmp", "x");
  const Remains remains = found();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(remove_remains(remains, stop.get_token()).stopped);
  EXPECT_TRUE(dir.has("a.tmp"));
  EXPECT_EQ(find_remains(dir.path(), {}, stop.get_token()).error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace civitai::engine
