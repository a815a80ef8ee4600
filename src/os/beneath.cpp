#include "os/beneath.hpp"

#include "base/format.hpp"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace civitai::os {
namespace {

constexpr int folder_flags = O_PATH | O_DIRECTORY | O_CLOEXEC;

tl::unexpected<Error> system_failure(std::string_view verb, const Path& path) {
  return fail(system_error(errno, format("cannot {} {}", verb, path.string())));
}

}  // namespace

Result<HeldFolder> HeldFolder::open(const Path& folder) {
  FileHandle handle(::open(folder.c_str(), folder_flags));
  if (!handle) return system_failure("open the folder", folder);
  return HeldFolder(std::move(handle), folder);
}

Result<FileHandle> HeldFolder::parent_of(const Path& below) const {
  FileHandle folder(::openat(handle_.get(), ".", folder_flags));
  for (const Path& name : below.parent_path()) {
    if (!folder) break;
    if (name == "..") errno = ELOOP;
    folder = FileHandle(name == ".." ? -1 : ::openat(folder.get(), name.c_str(), folder_flags | O_NOFOLLOW));
  }
  if (!folder) return system_failure("reach", path_ / below);
  return folder;
}

Result<FileHandle> HeldFolder::open_file(const Path& below) const {
  const auto folder = parent_of(below);
  if (!folder) return fail(folder.error());
  // Without waiting, should it be a pipe by now.
  FileHandle file(
      ::openat(folder->get(), below.filename().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return system_failure("open", path_ / below);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return system_failure("look at", path_ / below);
  if (S_ISREG(found.st_mode)) return file;
  return fail(ErrorKind::io, format("{} is not a file", (path_ / below).string()));
}

Status HeldFolder::remove_file(const Path& below) const {
  const auto folder = parent_of(below);
  if (!folder) return fail(folder.error());
  if (::unlinkat(folder->get(), below.filename().c_str(), 0) != 0) return system_failure("remove", path_ / below);
  return {};
}

bool HeldFolder::remove_if_empty(const Path& below) const {
  const auto folder = parent_of(below);
  return folder && ::unlinkat(folder->get(), below.filename().c_str(), AT_REMOVEDIR) == 0;
}

bool is_open_elsewhere(const FileHandle& file) {
  // A lease is only given where nobody else has the file open. Should somebody open it while we hold the lease, we are
  // told by a signal: by one that ends nobody.
  if (::fcntl(file.get(), F_SETSIG, SIGURG) != 0) return false;
  if (::fcntl(file.get(), F_SETLEASE, F_WRLCK) != 0) return errno == EAGAIN || errno == EBUSY;
  ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
  return false;
}

}  // namespace civitai::os
