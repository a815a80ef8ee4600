#include "base/format.hpp"
#include "os/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace civitai::os {
namespace {

// From so many on, one trip to the disk for the whole file system is cheaper than one for each. It also writes what
// other programs have not flushed yet, so it is not for single files.
constexpr std::size_t worth_the_whole = 4;

// File systems whose syncfs leaves everything on stable storage. Others may only pass the bytes on: FUSE does not even
// tell its server.
constexpr std::array<unsigned long, 6> whole_flush_is_real = {
    0xEF53,      // ext2, ext3, ext4
    0x58465342,  // XFS
    0x9123683E,  // Btrfs
    0xF2F52010,  // F2FS
    0x794C7630,  // overlayfs
    0x01021994,  // tmpfs
};

bool can_flush_whole(int descriptor) {
  struct statfs found {};
  if (::fstatfs(descriptor, &found) != 0) return false;
  const auto kind = static_cast<unsigned long>(found.f_type) & 0xFFFFFFFFUL;
  return std::find(whole_flush_is_real.begin(), whole_flush_is_real.end(), kind) != whole_flush_is_real.end();
}

std::optional<dev_t> device_of(int descriptor) {
  struct stat found {};
  return ::fstat(descriptor, &found) == 0 ? std::optional(found.st_dev) : std::nullopt;
}

// Flushes the file system that the descriptor lies on; false where that is not possible or not to be trusted.
bool flush_whole(int descriptor) { return can_flush_whole(descriptor) && ::syncfs(descriptor) == 0; }

// What has become of the writes to one file, after everything has been flushed. A failure is told once only: whoever
// asks again hears of success.
Status fate_of(const OpenFile& file) {
  if (::sync_file_range(file.handle->get(), 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE) == 0) return {};
  return fail(system_error(errno, format("cannot flush {}", file.path->native())));
}

}  // namespace

std::vector<Status> FileSystem::flush_together(std::span<const OpenFile> files) {
  std::vector<Status> statuses;
  statuses.reserve(files.size());
  for (const OpenFile& file : files) statuses.push_back(flush(*file.handle, *file.path));
  return statuses;
}

Status FileSystem::flush_directories(std::span<const Path> directories) {
  for (const Path& directory : directories) {
    if (auto status = flush_directory(directory); !status) return status;
  }
  return {};
}

std::vector<Status> RealFileSystem::flush_together(std::span<const OpenFile> files) {
  if (files.size() < worth_the_whole) return FileSystem::flush_together(files);
  const int first = files.front().handle->get();
  const auto device = device_of(first);
  for (const OpenFile& file : files) {
    // All of them start on their way before any is waited for.
    static_cast<void>(::sync_file_range(file.handle->get(), 0, 0, SYNC_FILE_RANGE_WRITE));
  }
  const bool flushed = device && flush_whole(first);
  std::vector<Status> statuses;
  statuses.reserve(files.size());
  for (const OpenFile& file : files) {
    const bool covered = flushed && device_of(file.handle->get()) == device;
    statuses.push_back(covered ? fate_of(file) : flush(*file.handle, *file.path));
  }
  return statuses;
}

Status RealFileSystem::flush_directories(std::span<const Path> directories) {
  if (directories.size() < worth_the_whole) return FileSystem::flush_directories(directories);
  const auto first = open(directories.front(), OpenMode::read);
  if (!first) return fail(first.error());
  const auto device = device_of(first->get());
  const bool flushed = device && flush_whole(first->get());
  for (const Path& directory : directories) {
    struct stat found {};
    const bool covered = flushed && ::stat(directory.c_str(), &found) == 0 && found.st_dev == *device;
    if (covered) continue;
    if (auto status = flush_directory(directory); !status) return status;
  }
  return {};
}

}  // namespace civitai::os
