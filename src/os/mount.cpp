#include "os/mount.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>

namespace civitai::os {
namespace {

// The numbers by which the kernel knows them; some have no name in its headers.
constexpr std::array<std::uint32_t, 16> shared_file_systems = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB2
    0x65735546,  // FUSE: sshfs, rclone, mergerfs, ntfs-3g
    0x01021997,  // 9p
    0x5346414F,  // AFS
    0x6B414653,  // kAFS
    0x00C36400,  // Ceph
    0x73757245,  // Coda
    0x0BD00BD0,  // Lustre
    0x7461636F,  // OCFS2
    0x01161970,  // GFS2
    0x47504653,  // GPFS
    0x786F4256,  // VirtualBox shared folder
    0x564C,      // NCP
};

}  // namespace

bool is_shared_file_system(const Path& path) {
  struct statfs found {};
  Path ancestor = path;
  while (::statfs(ancestor.empty() ? "." : ancestor.c_str(), &found) != 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    if (!missing || ancestor.empty() || ancestor == ancestor.parent_path()) return false;
    ancestor = ancestor.parent_path();
  }
  const auto kind = static_cast<std::uint32_t>(found.f_type);
  return std::find(shared_file_systems.begin(), shared_file_systems.end(), kind) != shared_file_systems.end();
}

std::string cache_lifetime(const Path& path) {
  constexpr ByteCount longest_id{64};
  if (is_shared_file_system(path)) return {};
  const auto boot = read_text("/proc/sys/kernel/random/boot_id", longest_id);
  return boot ? std::string(trim(*boot)) : std::string();
}

bool is_rotating_disk(const Path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return false;
  const std::string device = format("/sys/dev/block/{}:{}", major(found.st_dev), minor(found.st_dev));
  // Of a partition the disk above it tells.
  for (const char* const queue : {"/queue/rotational", "/../queue/rotational"}) {
    const auto text = read_text(device + queue, ByteCount{16});
    if (text) return text->starts_with('1');
  }
  return false;
}

bool is_in_memory(const Path& path) {
  constexpr std::uint64_t samples = 16;
  RealFileSystem files;
  const auto file = files.open(path, OpenMode::read);
  const auto size = file ? os::file_size(path) : Result<ByteCount>(fail(file.error()));
  if (!size) return false;
  for (std::uint64_t i = 0; i < samples; ++i) {
    char byte = 0;
    const ::iovec one{&byte, 1};
    const auto offset = static_cast<::off_t>(size->value / samples * i);
    if (size->value > 0 && ::preadv2(file->get(), &one, 1, offset, RWF_NOWAIT) != 1) return false;
  }
  return true;
}

}  // namespace civitai::os
