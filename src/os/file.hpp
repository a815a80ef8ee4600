// Files: the operations that make bytes durable and visible, behind one seam so that tests can inject faults.
//
// `FileSystem` does what the kernel does and nothing more; every failure is an Error that names the path (kind
// disk_full for ENOSPC and EDQUOT). `RealFileSystem` is stateless and safe to use from several threads.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::os {

using Path = std::filesystem::path;

// Owns a file descriptor; move-only.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

enum class OpenMode {
  read,
  write_new,          // fails when the file exists
  write_new_private,  // as write_new, for the owner's eyes only from the first moment on
  write,              // read and write; created when missing, content kept
};

// A file that is open and what it is called in messages. Borrows.
struct OpenFile {
  const FileHandle* handle = nullptr;
  const Path* path = nullptr;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // New files get mode 0666 (private ones 0600) less the umask.
  [[nodiscard]] virtual Result<FileHandle> open(const Path& path, OpenMode mode) = 0;
  // Writes all of `data` at `offset`.
  [[nodiscard]] virtual Status write_at(const FileHandle& file, const Path& path, std::uint64_t offset,
                                        std::span<const std::byte> data) = 0;
  // Data on stable storage (fdatasync). `flush_directory` does it for the names in a directory: after a rename the old
  // or the new name survives a crash until then. Success where the file system cannot flush directories.
  [[nodiscard]] virtual Status flush(const FileHandle& file, const Path& path) = 0;
  [[nodiscard]] virtual Status flush_directory(const Path& directory) = 0;
  // As flush of each file, told for each in the same order, and as flush_directory of each directory; together, because
  // the disk is asked once for all where the file system can do that. Unless told better, one after the other.
  [[nodiscard]] virtual std::vector<Status> flush_together(std::span<const OpenFile> files);
  [[nodiscard]] virtual Status flush_directories(std::span<const Path> directories);
  // Renames within one file system. `Replace::no` fails with EEXIST told as io error when the target exists:
  // atomically, except on file systems that have neither RENAME_NOREPLACE nor hard links (FAT, some network mounts).
  enum class Replace { no, yes };
  [[nodiscard]] virtual Status rename(const Path& from, const Path& to, Replace replace) = 0;
  // Removes a file; a missing one is an error, and so is a directory.
  [[nodiscard]] virtual Status remove(const Path& path) = 0;
  // Reserves space up to `size` without changing the content; success where the file system cannot do it.
  [[nodiscard]] virtual Status reserve(const FileHandle& file, const Path& path, ByteCount size) = 0;
  // Bytes an unprivileged process may still write below `path` (its nearest existing ancestor counts). The largest
  // number there is where the file system does not count its blocks.
  [[nodiscard]] virtual Result<ByteCount> free_space(const Path& path) = 0;
  // As in os/mount.hpp. Unless told better, there is none.
  [[nodiscard]] virtual std::string cache_lifetime(const Path& path);
};

class RealFileSystem final : public FileSystem {
 public:
  Result<FileHandle> open(const Path& path, OpenMode mode) override;
  Status write_at(const FileHandle& file, const Path& path, std::uint64_t offset,
                  std::span<const std::byte> data) override;
  Status flush(const FileHandle& file, const Path& path) override;
  Status flush_directory(const Path& directory) override;
  std::vector<Status> flush_together(std::span<const OpenFile> files) override;
  Status flush_directories(std::span<const Path> directories) override;
  Status rename(const Path& from, const Path& to, Replace replace) override;
  Status remove(const Path& path) override;
  Status reserve(const FileHandle& file, const Path& path, ByteCount size) override;
  Result<ByteCount> free_space(const Path& path) override;
  std::string cache_lifetime(const Path& path) override;
};

// Reading helpers; not part of the seam.

// Up to `buffer.size()` bytes at `offset`; fewer only at the end of the file.
[[nodiscard]] Result<std::size_t> read_at(const FileHandle& file, const Path& path, std::uint64_t offset,
                                          std::span<std::byte> buffer);
// The size of a regular file; links are followed.
[[nodiscard]] Result<ByteCount> file_size(const Path& path);
// The whole file (or pipe); an error of kind io when it is larger than `limit`.
[[nodiscard]] Result<std::string> read_text(const Path& path, ByteCount limit);
// Whether directories and files can be made at and below `directory`, as far as that shows beforehand: the nearest
// ancestor that exists is a directory that may be written. Changes nothing.
[[nodiscard]] Status check_creatable(const Path& directory);
// Creates the directory and its missing ancestors (mode 0777 less the umask) and flushes the ones that gained an entry.
[[nodiscard]] Status make_directories(FileSystem& files, const Path& directory);
// As make_directories without the flush: tells which directories gained an entry, the topmost first.
[[nodiscard]] Result<std::vector<Path>> make_directories_unflushed(const Path& directory);

// Opens a log for appending: made with mode 0600, and brought to it when it was readable by others.
[[nodiscard]] Result<FileHandle> open_private_log(const Path& path);
// Appends the line and a newline in one piece. A log that cannot be written is no reason to stop: failures are ignored.
void append_line(const FileHandle& file, std::string_view line);

// Whether the open file is what `path` leads to by now: it may have been renamed or removed since it was opened.
[[nodiscard]] bool is_at(const FileHandle& file, const Path& path);

// Takes an exclusive advisory lock (flock) on the open file without waiting. false: another process or handle has it.
// The lock ends with the handle. Network file systems may demand a handle opened for writing.
[[nodiscard]] Result<bool> try_lock(const FileHandle& file, const Path& path);

}  // namespace civitai::os
