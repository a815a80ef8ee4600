#include "os/rename.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace civitai::os {
namespace {

int error_of(int answer) { return answer == 0 ? 0 : errno; }

// EINVAL is how a file system says that it does not know the flag; kernels without the call say ENOSYS.
bool lacks_exclusive_rename(int error) { return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP; }

// FAT and exFAT answer EPERM, network mounts one of the others; EPERM also comes from the kernel's protection of other
// people's files.
bool lacks_hard_links(int error) {
  return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK || error == EINVAL;
}

int by_exclusive_rename(const Path& from, const Path& to) {
  return error_of(::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE));
}

int by_hard_link(const Path& from, const Path& to) {
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  if (::unlink(from.c_str()) == 0) return 0;
  const int error = errno;
  ::unlink(to.c_str());
  return error;
}

// A reservation with O_EXCL instead of the look would close the gap between the two steps, but a crash in that gap
// would leave an empty file under the final name, which is worse than the gap.
int by_checking_first(const Path& from, const Path& to) {
  struct stat existing {};
  if (::lstat(to.c_str(), &existing) == 0) return EEXIST;
  if (errno != ENOENT) return errno;
  return error_of(::rename(from.c_str(), to.c_str()));
}

}  // namespace

int rename_without_replacing(const Path& from, const Path& to, RenameMeans best) {
  if (best == RenameMeans::exclusive_rename) {
    const int error = by_exclusive_rename(from, to);
    if (!lacks_exclusive_rename(error)) return error;
  }
  if (best != RenameMeans::check_first) {
    const int error = by_hard_link(from, to);
    if (!lacks_hard_links(error)) return error;
  }
  return by_checking_first(from, to);
}

}  // namespace civitai::os
