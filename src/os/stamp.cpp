#include "os/stamp.hpp"

#include "base/format.hpp"

#include <cerrno>

#include <sys/stat.h>

namespace civitai::os {

Result<FileStamp> stamp_of(const Path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return fail(system_error(errno, format("cannot look at {}", path.native())));
  if (!S_ISREG(found.st_mode)) return fail(ErrorKind::io, format("{} is not a regular file", path.native()));
  constexpr std::int64_t second = 1'000'000'000;
  return FileStamp{.device = static_cast<std::int64_t>(found.st_dev),
                   .inode = static_cast<std::int64_t>(found.st_ino),
                   .size = {static_cast<std::uint64_t>(found.st_size)},
                   .modified_ns = found.st_mtim.tv_sec * second + found.st_mtim.tv_nsec};
}

}  // namespace civitai::os
