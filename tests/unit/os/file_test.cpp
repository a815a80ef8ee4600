#include "os/file.hpp"

#include "base/format.hpp"
#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace civitai::os {
namespace {

using test::FaultyFileSystem;
using test::FileOperation;
using test::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Replace = FileSystem::Replace;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

mode_t access_of(const Path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 0777;
}

mode_t current_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

class Files : public ::testing::Test {
 protected:
  FileHandle opened(const Path& path, OpenMode mode) {
    auto handle = files.open(path, mode);
    EXPECT_TRUE(handle) << handle.error().message;
    return std::move(handle).value_or(FileHandle());
  }

  TempDir dir;
  RealFileSystem files;
};

using FileHandleTest = Files;

TEST_F(FileHandleTest, ClosesItsDescriptor) {
  int descriptor = -1;
  {
    const FileHandle handle = opened(dir / "a", OpenMode::write_new);
    descriptor = handle.get();
    EXPECT_TRUE(is_open(descriptor));
  }
  EXPECT_FALSE(is_open(descriptor));
}

TEST_F(FileHandleTest, MovesWithoutClosingTwice) {
  FileHandle first = opened(dir / "a", OpenMode::write_new);
  FileHandle second = opened(dir / "b", OpenMode::write_new);
  const int kept = first.get();
  const int closed = second.get();
  second = std::move(first);
  EXPECT_EQ(second.get(), kept);
  EXPECT_TRUE(is_open(kept));
  EXPECT_FALSE(is_open(closed));
  const FileHandle third = std::move(second);
  EXPECT_EQ(third.get(), kept);
  EXPECT_FALSE(FileHandle());
}

using OpenTest = Files;

TEST_F(OpenTest, KeepsDescriptorsFromChildProcesses) {
  const FileHandle handle = opened(dir / "a", OpenMode::write_new);
  EXPECT_NE(::fcntl(handle.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(OpenTest, NamesThePathThatIsMissing) {
  const auto handle = files.open(dir / "missing", OpenMode::read);
  ASSERT_FALSE(handle);
  EXPECT_EQ(handle.error().kind, ErrorKind::io);
  EXPECT_THAT(handle.error().message, HasSubstr((dir / "missing").native()));
  EXPECT_THAT(handle.error().message, HasSubstr("no such file"));
}

TEST_F(OpenTest, RefusesToCreateAFileThatExists) {
  dir.write("a", "kept");
  EXPECT_FALSE(files.open(dir / "a", OpenMode::write_new));
  EXPECT_FALSE(files.open(dir / "a", OpenMode::write_new_private));
  EXPECT_EQ(dir.read("a"), "kept");
}

TEST_F(OpenTest, KeepsContentWhenOpenedForWriting) {
  dir.write("a", "kept");
  EXPECT_TRUE(opened(dir / "a", OpenMode::write));
  EXPECT_TRUE(opened(dir / "b", OpenMode::write));
  EXPECT_EQ(dir.read("a"), "kept");
  EXPECT_TRUE(dir.has("b"));
}

TEST_F(OpenTest, LetsTheUmaskDecideWhoReadsExceptForPrivateFiles) {
  opened(dir / "shared", OpenMode::write_new);
  opened(dir / "private", OpenMode::write_new_private);
  EXPECT_EQ(access_of(dir / "shared"), 0666 & ~current_umask());
  EXPECT_EQ(access_of(dir / "private"), 0600 & ~current_umask());
}

using WriteTest = Files;

TEST_F(WriteTest, WritesAtAnyOffset) {
  const FileHandle handle = opened(dir / "a", OpenMode::write_new);
  ASSERT_TRUE(files.write_at(handle, dir / "a", 6, bytes_of("world")));
  ASSERT_TRUE(files.write_at(handle, dir / "a", 0, bytes_of("hello ")));
  ASSERT_TRUE(files.write_at(handle, dir / "a", 3, {}));
  EXPECT_TRUE(files.flush(handle, dir / "a"));
  EXPECT_EQ(dir.read("a"), "hello world");
}

TEST_F(WriteTest, TellsAFullDisk) {
  const Path full = "/dev/full";
  const FileHandle handle = opened(full, OpenMode::write);
  const Status written = files.write_at(handle, full, 0, bytes_of("x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::disk_full);
  EXPECT_EQ(written.error().message, "cannot write /dev/full: no space left on device");
}

TEST_F(WriteTest, FailsOnAHandleThatIsOpenForReadingOnly) {
  dir.write("a", "kept");
  const FileHandle handle = opened(dir / "a", OpenMode::read);
  EXPECT_FALSE(files.write_at(handle, dir / "a", 0, bytes_of("x")));
  EXPECT_EQ(dir.read("a"), "kept");
}

TEST_F(WriteTest, RefusesOffsetsThatNoFileHas) {
  const FileHandle handle = opened(dir / "a", OpenMode::write_new);
  EXPECT_FALSE(files.write_at(handle, dir / "a", std::numeric_limits<std::uint64_t>::max() - 1, bytes_of("x")));
}

using FlushTest = Files;

TEST_F(FlushTest, FailsOnAClosedHandle) { EXPECT_FALSE(files.flush(FileHandle(), dir / "a")); }

TEST_F(FlushTest, FlushesDirectories) {
  EXPECT_TRUE(files.flush_directory(dir.path()));
  EXPECT_TRUE(files.flush_directory(""));
  EXPECT_FALSE(files.flush_directory(dir / "missing"));
  EXPECT_FALSE(files.flush_directory(dir.write("file", "")));
}

TEST_F(FlushTest, ToleratesFileSystemsThatCannotFlushDirectories) { EXPECT_TRUE(files.flush_directory("/proc")); }

using RemoveTest = Files;

TEST_F(RemoveTest, RemovesAFileAndTellsWhenThereIsNone) {
  dir.write("a", "");
  EXPECT_TRUE(files.remove(dir / "a"));
  EXPECT_FALSE(dir.has("a"));
  EXPECT_FALSE(files.remove(dir / "a"));
  EXPECT_FALSE(files.remove(dir.path()));
}

using ReserveTest = Files;

TEST_F(ReserveTest, ChangesNeitherSizeNorContent) {
  dir.write("a", "kept");
  const FileHandle handle = opened(dir / "a", OpenMode::write);
  EXPECT_TRUE(files.reserve(handle, dir / "a", mebibytes(1)));
  EXPECT_TRUE(files.reserve(handle, dir / "a", ByteCount{0}));
  EXPECT_EQ(dir.read("a"), "kept");
}

TEST_F(ReserveTest, SucceedsWhereTheFileSystemCannotReserve) {
  const Path path = "/proc/self/comm";
  EXPECT_TRUE(files.reserve(opened(path, OpenMode::write), path, kibibytes(4)));
}

TEST_F(ReserveTest, TellsWhenTheDiskCannotHoldIt) {
  const FileHandle handle = opened(dir / "a", OpenMode::write_new);
  const auto free = files.free_space(dir.path());
  ASSERT_TRUE(free);
  EXPECT_FALSE(files.reserve(handle, dir / "a", *free + gibibytes(1024 * 1024)));
  EXPECT_FALSE(files.reserve(handle, dir / "a", ByteCount{std::numeric_limits<std::uint64_t>::max()}));
}

using FreeSpaceTest = Files;

TEST_F(FreeSpaceTest, LooksAtTheNearestExistingAncestor) {
  const auto here = files.free_space(dir.path());
  const auto below = files.free_space(dir / "not/yet/there");
  ASSERT_TRUE(here && below);
  EXPECT_GT(here->value, 0U);
  EXPECT_NEAR(static_cast<double>(here->value), static_cast<double>(below->value), 1e9);
  EXPECT_TRUE(files.free_space(Path("not") / "there"));
  EXPECT_TRUE(files.free_space(dir.write("file", "") / "below-a-file"));
}

TEST_F(FreeSpaceTest, IsWithoutLimitWhereBlocksAreNotCounted) {
  const auto free = files.free_space("/proc");
  ASSERT_TRUE(free);
  EXPECT_EQ(free->value, std::numeric_limits<std::uint64_t>::max());
}

using ReadTest = Files;

TEST_F(ReadTest, ReadsWhereAskedAndStopsAtTheEnd) {
  const Path path = dir.write("a", "hello world");
  const FileHandle handle = opened(path, OpenMode::read);
  std::string buffer(5, '?');
  EXPECT_EQ(read_at(handle, path, 6, std::as_writable_bytes(std::span(buffer))).value(), 5U);
  EXPECT_EQ(buffer, "world");
  EXPECT_EQ(read_at(handle, path, 9, std::as_writable_bytes(std::span(buffer))).value(), 2U);
  EXPECT_EQ(read_at(handle, path, 100, std::as_writable_bytes(std::span(buffer))).value(), 0U);
  EXPECT_FALSE(read_at(FileHandle(), path, 0, std::as_writable_bytes(std::span(buffer))));
}

TEST_F(ReadTest, TellsTheSizeOfRegularFilesOnly) {
  EXPECT_EQ(os::file_size(dir.write("a", "12345")).value(), ByteCount{5});
  EXPECT_FALSE(os::file_size(dir.path()));
  EXPECT_FALSE(os::file_size(dir / "missing"));
}

TEST_F(ReadTest, ReadsWholeFilesUpToTheLimit) {
  const std::string content(200'000, 'x');
  const Path path = dir.write("a", content);
  EXPECT_EQ(read_text(path, ByteCount{200'000}).value(), content);
  EXPECT_EQ(read_text(dir.write("empty", ""), ByteCount{0}).value(), "");
  const auto larger = read_text(path, ByteCount{199'999});
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().kind, ErrorKind::io);
  EXPECT_FALSE(read_text(dir.path(), mebibytes(1)));
  EXPECT_FALSE(read_text(dir / "missing", mebibytes(1)));
}

using MakeDirectoriesTest = Files;

TEST_F(MakeDirectoriesTest, FlushesEachDirectoryThatGainedAnEntry) {
  FaultyFileSystem faulty;
  dir.write("a/file", "");
  ASSERT_TRUE(make_directories(faulty, dir / "a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/b/c"));
  EXPECT_THAT(faulty.calls(), ElementsAre("flush_directory a", "flush_directory b"));
}

TEST_F(MakeDirectoriesTest, IsForeseenWithoutChangingAnything) {
  EXPECT_TRUE(check_creatable(dir / "a/b/c"));
  EXPECT_FALSE(std::filesystem::exists(dir / "a"));
  dir.write("file", "x");
  for (const std::string_view path : {"file", "file/b"}) {
    const Status status = check_creatable(dir / std::string(path));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, format("cannot write into {}: not a directory", (dir / "file").native()));
  }
}

TEST_F(MakeDirectoriesTest, DoesNothingForWhatIsThere) {
  FaultyFileSystem faulty;
  EXPECT_TRUE(make_directories(faulty, dir.path()));
  EXPECT_TRUE(make_directories(faulty, ""));
  EXPECT_TRUE(faulty.calls().empty());
}

TEST_F(MakeDirectoriesTest, TakesATrailingSlash) {
  EXPECT_TRUE(make_directories(files, dir / "a/b/"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/b"));
}

TEST_F(MakeDirectoriesTest, FollowsLinksToDirectories) {
  std::filesystem::create_directory(dir / "real");
  std::filesystem::create_symlink("real", dir / "link");
  ASSERT_TRUE(make_directories(files, dir / "link/below"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "real/below"));
}

TEST_F(MakeDirectoriesTest, NamesWhatStandsInTheWay) {
  dir.write("file", "kept");
  const Status made = make_directories(files, dir / "file/below");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("cannot create the directory " + (dir / "file").native()));
  EXPECT_EQ(dir.read("file"), "kept");
}

TEST_F(MakeDirectoriesTest, TellsWhenTheFlushFails) {
  FaultyFileSystem faulty;
  faulty.fail(FileOperation::flush_directory, ENOSPC);
  const Status made = make_directories(faulty, dir / "a");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::disk_full);
}

using LockTest = Files;

TEST_F(LockTest, IsHeldByOneHandleUntilThatIsGone) {
  const Path path = dir.write("lock", "");
  const FileHandle second = opened(path, OpenMode::write);
  {
    const FileHandle first = opened(path, OpenMode::write);
    EXPECT_TRUE(try_lock(first, path).value());
    EXPECT_TRUE(try_lock(first, path).value());
    EXPECT_FALSE(try_lock(second, path).value());
  }
  EXPECT_TRUE(try_lock(second, path).value());
  EXPECT_FALSE(try_lock(FileHandle(), path));
}

}  // namespace
}  // namespace civitai::os
