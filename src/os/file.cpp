#include "os/file.hpp"

#include "base/format.hpp"
#include "os/mount.hpp"
#include "os/rename.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace civitai::os {
namespace {

// Repeats a system call while signals interrupt it.
template <class Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto answer = call();
    if (answer != -1 || errno != EINTR) return answer;
  }
}

tl::unexpected<Error> system_failure(int error, std::string_view verb, const Path& path) {
  return fail(system_error(error, format("cannot {} {}", verb, path.native())));
}

Status status_of(int answer, std::string_view verb, const Path& path) {
  if (answer != 0) return system_failure(errno, verb, path);
  return {};
}

constexpr std::uint64_t largest_offset = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read: return O_RDONLY;
    case OpenMode::write_new:
    case OpenMode::write_new_private: return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::write: return O_RDWR | O_CREAT;
  }
  return O_RDONLY;
}

// "" names the working directory where a path without a folder was split.
Path or_here(const Path& directory) { return directory.empty() ? Path(".") : directory; }

bool directory_exists(const Path& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// Whether the directory was made just now.
Result<bool> make_directory(const Path& directory) {
  if (directory_exists(directory)) return false;
  if (::mkdir(directory.c_str(), 0777) == 0) return true;
  const int error = errno;
  // Another process may have made it in the meantime.
  if (error == EEXIST && directory_exists(directory)) return false;
  return system_failure(error == EEXIST ? ENOTDIR : error, "create the directory", directory);
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  FileHandle old(std::exchange(descriptor_, std::exchange(other.descriptor_, -1)));
  return *this;
}

FileHandle::~FileHandle() {
  // What close could tell about lost data was told by the flush before; after EINTR the descriptor is gone on Linux.
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<FileHandle> RealFileSystem::open(const Path& path, OpenMode mode) {
  const mode_t access = mode == OpenMode::write_new_private ? 0600 : 0666;
  const int descriptor = uninterrupted([&] { return ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, access); });
  if (descriptor < 0) return system_failure(errno, mode == OpenMode::read ? "open" : "open for writing", path);
  return FileHandle(descriptor);
}

Status RealFileSystem::write_at(const FileHandle& file, const Path& path, std::uint64_t offset,
                                std::span<const std::byte> data) {
  while (!data.empty()) {
    if (offset > largest_offset) return system_failure(EFBIG, "write", path);
    const ssize_t written =
        uninterrupted([&] { return ::pwrite(file.get(), data.data(), data.size(), static_cast<off_t>(offset)); });
    if (written <= 0) return system_failure(written < 0 ? errno : EIO, "write", path);
    offset += static_cast<std::uint64_t>(written);
    data = data.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status RealFileSystem::flush(const FileHandle& file, const Path& path) {
  return status_of(uninterrupted([&] { return ::fdatasync(file.get()); }), "flush", path);
}

Status RealFileSystem::flush_directory(const Path& directory) {
  const Path path = or_here(directory);
  const FileHandle handle(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!handle) return system_failure(errno, "open the directory", path);
  const int answer = uninterrupted([&] { return ::fsync(handle.get()); });
  const bool refused = answer != 0 && (errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS);
  return refused ? Status{} : status_of(answer, "flush the directory", path);
}

Status RealFileSystem::rename(const Path& from, const Path& to, Replace replace) {
  int error = 0;
  if (replace == Replace::no) {
    error = rename_without_replacing(from, to);
  } else if (::rename(from.c_str(), to.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return {};
  return fail(system_error(error, format("cannot rename {} to {}", from.native(), to.native())));
}

Status RealFileSystem::remove(const Path& path) { return status_of(::unlink(path.c_str()), "remove", path); }

Status RealFileSystem::reserve(const FileHandle& file, const Path& path, ByteCount size) {
  if (size.value == 0) return {};
  if (size.value > largest_offset) return system_failure(EFBIG, "reserve space for", path);
  // Not posix_fallocate: where the file system cannot reserve, that one writes zeros over the whole length.
  const int answer =
      uninterrupted([&] { return ::fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size.value)); });
  const bool unable = answer != 0 && (errno == EOPNOTSUPP || errno == ENOSYS);
  return unable ? Status{} : status_of(answer, "reserve space for", path);
}

Result<ByteCount> RealFileSystem::free_space(const Path& path) {
  struct statvfs found {};
  Path ancestor = path;
  while (uninterrupted([&] { return ::statvfs(or_here(ancestor).c_str(), &found); }) != 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    if (!missing || ancestor.empty() || ancestor == ancestor.parent_path()) {
      return system_failure(errno, "read the free space of", path);
    }
    ancestor = ancestor.parent_path();
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  if (found.f_blocks == 0 || (found.f_frsize != 0 && found.f_bavail > most / found.f_frsize)) return ByteCount{most};
  return ByteCount{found.f_bavail * found.f_frsize};
}

std::string FileSystem::cache_lifetime(const Path& /*path*/) { return {}; }

std::string RealFileSystem::cache_lifetime(const Path& path) { return os::cache_lifetime(path); }

Result<std::size_t> read_at(const FileHandle& file, const Path& path, std::uint64_t offset,
                            std::span<std::byte> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size() && offset + filled <= largest_offset) {
    const auto rest = buffer.subspan(filled);
    const ssize_t count = uninterrupted(
        [&] { return ::pread(file.get(), rest.data(), rest.size(), static_cast<off_t>(offset + filled)); });
    if (count < 0) return system_failure(errno, "read", path);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

Result<ByteCount> file_size(const Path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return system_failure(errno, "read the size of", path);
  if (!S_ISREG(found.st_mode)) return fail(ErrorKind::io, format("{} is not a regular file", path.native()));
  return ByteCount{static_cast<std::uint64_t>(found.st_size)};
}

Result<std::string> read_text(const Path& path, ByteCount limit) {
  RealFileSystem files;
  const auto file = files.open(path, OpenMode::read);
  if (!file) return fail(file.error());
  std::string text;
  std::array<char, 64UL * 1024> buffer;
  for (;;) {
    const ssize_t count = uninterrupted([&] { return ::read(file->get(), buffer.data(), buffer.size()); });
    if (count < 0) return system_failure(errno, "read", path);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > limit.value) {
      return fail(ErrorKind::io, format("{} is larger than {}", path.native(), to_text(limit)));
    }
  }
}

Status check_creatable(const Path& directory) {
  std::error_code ignored;
  Path existing = directory;
  while (!existing.empty() && existing != existing.root_path() && !std::filesystem::exists(existing, ignored)) {
    existing = existing.parent_path();
  }
  if (!directory_exists(or_here(existing))) return system_failure(ENOTDIR, "write into", existing);
  return status_of(::access(or_here(existing).c_str(), W_OK | X_OK), "write into", existing);
}

Result<std::vector<Path>> make_directories_unflushed(const Path& directory) {
  std::vector<Path> changed;
  if (directory_exists(or_here(directory))) return changed;
  Path current;
  for (const Path& part : directory) {
    const Path parent = current;
    current /= part;
    const auto made = make_directory(current);
    if (!made) return fail(made.error());
    if (*made) changed.push_back(or_here(parent));
  }
  return changed;
}

Status make_directories(FileSystem& files, const Path& directory) {
  const auto changed = make_directories_unflushed(directory);
  if (!changed) return fail(changed.error());
  for (const Path& one : *changed) {
    if (const Status flushed = files.flush_directory(one); !flushed) return flushed;
  }
  return {};
}

Result<FileHandle> open_private_log(const Path& path) {
  FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file || ::fchmod(file.get(), 0600) != 0) return fail(system_error(errno, path.string()));
  return file;
}

void append_line(const FileHandle& file, std::string_view line) {
  const std::string text = std::string(line) + '\n';
  [[maybe_unused]] const auto written = ::write(file.get(), text.data(), text.size());
}

bool is_at(const FileHandle& file, const Path& path) {
  struct stat opened {};
  struct stat named {};
  const bool known = ::fstat(file.get(), &opened) == 0 && ::stat(path.c_str(), &named) == 0;
  return known && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

Result<bool> try_lock(const FileHandle& file, const Path& path) {
  if (uninterrupted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return system_failure(errno, "lock", path);
}

}  // namespace civitai::os
