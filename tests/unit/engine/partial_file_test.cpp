#include "engine/partial_file.hpp"

#include "layout/layout.hpp"
#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace civitai::engine {
namespace {

using test::FaultyFileSystem;
using test::FileOperation;
using test::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr FileId file{9};
const std::string identity = "9";
constexpr std::string_view name = "a.bin.9.tmp";
constexpr std::string_view journal_name = "a.bin.9.state.tmp";

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class Partial : public ::testing::Test {
 protected:
  Result<PartialFile> try_open(const std::string& promise = "SHA256:aa") {
    return PartialFile::open(files, dir / name, identity, promise);
  }
  PartialFile opened(const std::string& promise = "SHA256:aa") {
    auto partial = try_open(promise);
    if (!partial) throw std::runtime_error(partial.error().message);
    return std::move(*partial);
  }

  // Leaves a partial file with these bytes, all of them proven.
  void leave(std::string_view bytes, std::uint64_t length = 10) {
    PartialFile partial = opened();
    ASSERT_TRUE(partial.write(0, bytes_of(bytes)));
    ASSERT_TRUE(partial.checkpoint(have({0, bytes.size()}), length));
  }

  static RangeSet have(Range range) {
    RangeSet set;
    set.add(range);
    return set;
  }

  TempDir dir;
  FaultyFileSystem files;
};

TEST_F(Partial, HasItsPathsBesideTheFinalOne) {
  EXPECT_EQ(partial_path("/m/a.bin", file), "/m/a.bin.9.tmp");
  EXPECT_EQ(journal_path("/m/a.bin.9.tmp"), "/m/a.bin.9.state.tmp");
  EXPECT_EQ(rejected_path("/m/a.bin", file), "/m/a.bin.9.rejected.tmp");
}

TEST_F(Partial, StartsEmptyAndMakesItsFolder) {
  const auto partial = PartialFile::open(files, dir / "new/folder/a.9.tmp", identity, "SHA256:aa");
  ASSERT_TRUE(partial) << partial.error().message;
  EXPECT_THAT(partial->proven().ranges(), IsEmpty());
  EXPECT_EQ(partial->length(), 0U);
  EXPECT_TRUE(dir.has("new/folder/a.9.tmp"));
}

TEST_F(Partial, KeepsWhatWasProven) {
  leave("hello");
  const PartialFile again = opened();
  EXPECT_THAT(again.proven().ranges(), ElementsAre(Range{0, 5}));
  EXPECT_EQ(again.length(), 10U);
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(again.read(0, buffer), 5U);
  EXPECT_EQ(dir.read(name), "hello");
}

TEST_F(Partial, ForgetsWhatWasWrittenButNeverProven) {
  {
    const PartialFile partial = opened();
    ASSERT_TRUE(partial.write(0, bytes_of("unproven")));
  }
  EXPECT_THAT(opened().proven().ranges(), IsEmpty());
  EXPECT_EQ(dir.read(name), "");
}

TEST_F(Partial, WritesWhereItIsTold) {
  const PartialFile partial = opened();
  ASSERT_TRUE(partial.write(5, bytes_of("world")));
  ASSERT_TRUE(partial.write(0, bytes_of("hello")));
  EXPECT_EQ(dir.read(name), "helloworld");
}

TEST_F(Partial, FlushesTheDataBeforeTheJournalSpeaksOfIt) {
  PartialFile partial = opened();
  ASSERT_TRUE(partial.write(0, bytes_of("hello")));
  const std::size_t before = files.calls().size();
  ASSERT_TRUE(partial.checkpoint(have({0, 5}), 10));
  const auto calls = files.calls();
  const std::vector<std::string> made(calls.begin() + static_cast<std::ptrdiff_t>(before), calls.end());
  EXPECT_THAT(made, ElementsAre("flush a.bin.9.tmp", "open a.bin.9.next.tmp", "write a.bin.9.next.tmp",
                                "flush a.bin.9.next.tmp", "rename a.bin.9.next.tmp a.bin.9.state.tmp",
                                MatchesRegex("flush_directory .*")));
}

TEST_F(Partial, ClaimsNothingWhenTheFlushFails) {
  PartialFile partial = opened();
  ASSERT_TRUE(partial.write(0, bytes_of("hello")));
  files.fail(FileOperation::flush, EIO);
  EXPECT_FALSE(partial.checkpoint(have({0, 5}), 10));
  EXPECT_THAT(partial.proven().ranges(), IsEmpty());
  EXPECT_FALSE(dir.has(journal_name));
}

TEST_F(Partial, KeepsTheOldJournalWhenTheNewOneCannotBeWritten) {
  for (const FileOperation operation : {FileOperation::open, FileOperation::write, FileOperation::rename}) {
    SCOPED_TRACE(to_string(operation));
    leave("hello");
    {
      PartialFile partial = opened();
      ASSERT_TRUE(partial.write(5, bytes_of("world")));
      files.fail(operation, ENOSPC);
      const Status saved = partial.checkpoint(have({0, 10}), 10);
      ASSERT_FALSE(saved);
      EXPECT_EQ(saved.error().kind, ErrorKind::disk_full);
      EXPECT_THAT(partial.proven().ranges(), ElementsAre(Range{0, 5}));
    }
    EXPECT_THAT(opened().proven().ranges(), ElementsAre(Range{0, 5}));
    EXPECT_EQ(dir.count(), 2U);
  }
}

TEST_F(Partial, IsNotConcernedWithAJournalThatACrashLeftHalfWritten) {
  leave("hello");
  dir.write("a.bin.9.next.tmp", "civitai-down");
  PartialFile partial = opened();
  EXPECT_THAT(partial.proven().ranges(), ElementsAre(Range{0, 5}));
  ASSERT_TRUE(partial.write(5, bytes_of("world")));
  ASSERT_TRUE(partial.checkpoint(have({0, 10}), 10));
  EXPECT_EQ(dir.count(), 2U);
  dir.write("a.bin.9.next.tmp", "civitai-down");
  EXPECT_EQ(partial.publish(dir / "a.bin"), PartialFile::Outcome::published);
  EXPECT_EQ(dir.count(), 1U);
}

TEST_F(Partial, LeavesTracesOnlyUntilTheFileIsProven) {
  dir.write("a.bin", "right");
  dir.write("a.bin.9.wrong", "wrong");
  dir.write(journal_name, "of nothing");
  dir.write("a.bin.9.next.tmp", "half");
  dir.write("a.bin.8.wrong", "of another file");
  ASSERT_TRUE(PartialFile::remove_traces(files, dir / "a.bin", file));
  EXPECT_EQ(dir.count(), 2U);
  EXPECT_EQ(dir.read("a.bin"), "right");
  leave("hello");
  ASSERT_TRUE(PartialFile::remove_traces(files, dir / "a.bin", file));
  EXPECT_TRUE(dir.has(journal_name)) << "it belongs to a partial file";
}

TEST_F(Partial, WritesNoJournalThatSaysNothingNew) {
  leave("hello");
  PartialFile partial = opened();
  const std::size_t before = files.calls().size();
  ASSERT_TRUE(partial.checkpoint(have({0, 5}), 10));
  EXPECT_EQ(files.calls().size(), before);
}

TEST_F(Partial, TellsThatTheDiskIsFull) {
  const PartialFile partial = opened();
  files.fail(FileOperation::write, ENOSPC);
  const Status written = partial.write(0, bytes_of("hello"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::disk_full);
}

TEST_F(Partial, BelievesNoJournalOfAnotherPromise) {
  leave("hello");
  EXPECT_THAT(opened("SHA256:bb").proven().ranges(), IsEmpty());
  EXPECT_EQ(dir.read(name), "");
  EXPECT_FALSE(dir.has(journal_name));
}

TEST_F(Partial, BelievesNoJournalOfAnotherFile) {
  leave("hello");
  dir.write(journal_name, encode({"8", "SHA256:aa", 10, have({0, 5})}));
  EXPECT_THAT(opened().proven().ranges(), IsEmpty());
}

TEST_F(Partial, BelievesNoJournalThatClaimsMoreThanIsThere) {
  leave("hello");
  dir.write(journal_name, encode({identity, "SHA256:aa", 10, have({0, 6})}));
  EXPECT_THAT(opened().proven().ranges(), IsEmpty());
  leave("hello");
  dir.write(name, "hell");
  EXPECT_THAT(opened().proven().ranges(), IsEmpty());
  leave("hello");
  std::filesystem::remove(dir / name);
  EXPECT_THAT(opened().proven().ranges(), IsEmpty());
}

TEST_F(Partial, BelievesNoDamagedJournal) {
  leave("hello");
  for (const std::string& text : {std::string(), std::string("nonsense"), std::string(100, '\0'),
                                  dir.read(journal_name).substr(0, 40), std::string(2UL << 20, 'x')}) {
    leave("hello");
    dir.write(journal_name, text);
    EXPECT_THAT(opened().proven().ranges(), IsEmpty());
    EXPECT_EQ(dir.read(name), "");
    EXPECT_FALSE(dir.has(journal_name));
  }
}

TEST_F(Partial, KeepsBytesBehindWhatIsProven) {
  leave("hello");
  dir.write(name, "hello, and more");
  EXPECT_THAT(opened().proven().ranges(), ElementsAre(Range{0, 5}));
}

TEST_F(Partial, IsRefusedToASecondOpener) {
  leave("hello");
  const PartialFile first = opened();
  const auto second = try_open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
  EXPECT_FALSE(try_open("SHA256:bb"));
  EXPECT_EQ(dir.read(name), "hello");
  EXPECT_TRUE(dir.has(journal_name));
}

TEST_F(Partial, StaysLockedAfterItStartedOver) {
  leave("hello");
  PartialFile partial = opened();
  ASSERT_TRUE(partial.start_over());
  EXPECT_FALSE(try_open());
  EXPECT_EQ(dir.read(name), "");
  ASSERT_TRUE(partial.write(0, bytes_of("anew")));
  EXPECT_EQ(dir.read(name), "anew");
}

// The claim goes before the bytes it speaks of.
TEST_F(Partial, DropsTheJournalFirstWhenItStartsOver) {
  leave("hello");
  PartialFile partial = opened();
  ASSERT_TRUE(partial.start_over());
  EXPECT_THAT(partial.proven().ranges(), IsEmpty());
  EXPECT_EQ(partial.length(), 0U);
  EXPECT_LT(files.position_of("remove a.bin.9.state.tmp"), files.position_of("remove a.bin.9.tmp"));
  EXPECT_GE(files.position_of("remove a.bin.9.state.tmp"), 0);
}

TEST_F(Partial, BecomesVisibleOnlyAfterItsBytesAreFlushed) {
  leave("hello");
  PartialFile partial = opened();
  const std::size_t before = files.calls().size();
  EXPECT_EQ(partial.publish(dir / "a.bin"), PartialFile::Outcome::published);
  const auto calls = files.calls();
  const std::vector<std::string> made(calls.begin() + static_cast<std::ptrdiff_t>(before), calls.end());
  EXPECT_THAT(made, ElementsAre("flush a.bin.9.tmp", "rename a.bin.9.tmp a.bin",
                                "flush_directory " + dir.path().filename().native()));
  EXPECT_EQ(dir.read("a.bin"), "hello");
  EXPECT_EQ(dir.count(), 1U);
}

TEST_F(Partial, DoesNotBecomeVisibleWhenTheFlushFails) {
  leave("hello");
  PartialFile partial = opened();
  files.fail(FileOperation::flush, EIO);
  EXPECT_FALSE(partial.publish(dir / "a.bin"));
  EXPECT_FALSE(dir.has("a.bin"));
  EXPECT_EQ(dir.read(name), "hello");
}

TEST_F(Partial, NeverReplacesWhatIsThere) {
  dir.write("a.bin", "good");
  std::filesystem::create_symlink("nowhere", dir / "link");
  std::filesystem::create_directory(dir / "folder");
  leave("hello");
  PartialFile partial = opened();
  for (const std::string_view taken : {"a.bin", "link", "folder"}) {
    EXPECT_EQ(partial.publish(dir / taken), PartialFile::Outcome::name_taken) << taken;
    EXPECT_EQ(dir.read(name), "hello");
    EXPECT_TRUE(dir.has(journal_name));
  }
  EXPECT_EQ(dir.read("a.bin"), "good");
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "link"));
  EXPECT_EQ(partial.publish(dir / "free.bin"), PartialFile::Outcome::published);
  EXPECT_EQ(dir.read("free.bin"), "hello");
}

TEST_F(Partial, StaysWhenItCannotBeRenamed) {
  leave("hello");
  PartialFile partial = opened();
  files.fail(FileOperation::rename, EACCES);
  EXPECT_FALSE(partial.publish(dir / "a.bin"));
  EXPECT_EQ(dir.read(name), "hello");
  EXPECT_TRUE(dir.has(journal_name));
}

TEST_F(Partial, IsThereEvenWhenItsNameMayNotSurviveAPowerCut) {
  leave("hello");
  PartialFile partial = opened();
  files.fail(FileOperation::flush_directory, EIO);
  EXPECT_FALSE(partial.publish(dir / "a.bin"));
  EXPECT_EQ(dir.read("a.bin"), "hello");
  EXPECT_FALSE(dir.has(name));
}

TEST_F(Partial, CanBeSetAsideOverWhatAnEarlierRunSetAside) {
  dir.write("a.bin.9.rejected.tmp", "older");
  leave("wrong");
  PartialFile partial = opened();
  ASSERT_TRUE(partial.set_aside(dir / "a.bin.9.rejected.tmp"));
  EXPECT_EQ(dir.read("a.bin.9.rejected.tmp"), "wrong");
  EXPECT_EQ(dir.count(), 1U);
}

TEST_F(Partial, CanBeDiscarded) {
  leave("hello");
  PartialFile partial = opened();
  ASSERT_TRUE(partial.discard());
  EXPECT_EQ(dir.count(), 0U);
}

// Gives the file its final name right after it was opened, as another process may that had it locked till then.
class FinishingFileSystem final : public os::FileSystem {
 public:
  explicit FinishingFileSystem(os::Path final_path) : final_path_(std::move(final_path)) {}

  Result<os::FileHandle> open(const os::Path& path, os::OpenMode mode) override {
    auto handle = real_.open(path, mode);
    if (!final_path_.empty()) std::filesystem::rename(path, std::exchange(final_path_, {}));
    return handle;
  }
  Status write_at(const os::FileHandle& handle, const os::Path& path, std::uint64_t offset,
                  std::span<const std::byte> data) override {
    return real_.write_at(handle, path, offset, data);
  }
  Status flush(const os::FileHandle& handle, const os::Path& path) override { return real_.flush(handle, path); }
  Status flush_directory(const os::Path& path) override { return real_.flush_directory(path); }
  Status rename(const os::Path& from, const os::Path& to, Replace replace) override {
    return real_.rename(from, to, replace);
  }
  Status remove(const os::Path& path) override { return real_.remove(path); }
  Status reserve(const os::FileHandle& handle, const os::Path& path, ByteCount size) override {
    return real_.reserve(handle, path, size);
  }
  Result<ByteCount> free_space(const os::Path& path) override { return real_.free_space(path); }

 private:
  os::RealFileSystem real_;
  os::Path final_path_;
};

TEST_F(Partial, LetsGoOfAFileThatGotItsFinalNameInBetween) {
  leave("hello");
  FinishingFileSystem finishing(dir / "a.bin");
  auto partial = PartialFile::open(finishing, dir / name, identity, "SHA256:aa");
  ASSERT_TRUE(partial) << partial.error().message;
  EXPECT_THAT(partial->proven().ranges(), IsEmpty());
  ASSERT_TRUE(partial->write(0, bytes_of("anew")));
  EXPECT_EQ(dir.read("a.bin"), "hello");
  EXPECT_EQ(dir.read(name), "anew");
}

TEST_F(Partial, LeavesItsBytesAndJournalWhenItIsClosed) {
  leave("hello");
  EXPECT_TRUE(dir.has(name));
  EXPECT_TRUE(dir.has(journal_name));
  EXPECT_EQ(dir.count(), 2U);
}

TEST_F(Partial, TellsThatItCannotBeOpened) {
  files.fail(FileOperation::open, EACCES);
  EXPECT_FALSE(try_open());
  std::filesystem::create_directory(dir / name);
  const auto partial = try_open();
  ASSERT_FALSE(partial);
  EXPECT_EQ(partial.error().kind, ErrorKind::io);
}

TEST_F(Partial, FitsInItsNameWhateverTheLengthOfTheFinalOne) {
  const std::string longest(layout::longest_leaf, 'x');
  auto partial = PartialFile::open(files, partial_path(dir / longest, FileId{INT64_MAX}), "9223372036854775807", "p");
  ASSERT_TRUE(partial) << partial.error().message;
  ASSERT_TRUE(partial->write(0, bytes_of("hello")));
  ASSERT_TRUE(partial->checkpoint(have({0, 5}), 5));
  EXPECT_TRUE(partial->set_aside(rejected_path(dir / longest, FileId{INT64_MAX})));
}

TEST_F(Partial, CountsWhatIsProvenNotHowFarItReaches) {
  auto partial = opened();
  ASSERT_TRUE(partial.write(90, bytes_of("0123456789")));
  EXPECT_EQ(bytes_here(dir / name), ByteCount{0});
  ASSERT_TRUE(partial.checkpoint(have({90, 100}), 200));
  EXPECT_EQ(bytes_here(dir / name), ByteCount{10});
  EXPECT_EQ(bytes_here(dir.write("a", "four")), ByteCount{4});
  EXPECT_EQ(bytes_here(dir / "nothing"), std::nullopt);
}

}  // namespace
}  // namespace civitai::engine
