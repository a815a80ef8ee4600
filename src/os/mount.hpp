// What kind of storage a path lies on.
#pragma once

#include "os/file.hpp"

#include <string>

namespace civitai::os {

// Whether the file system may be shared with other machines (NFS, SMB, FUSE and their like), where locks and shared
// memory do not reach across. The nearest existing ancestor counts; false when the system does not tell.
[[nodiscard]] bool is_shared_file_system(const Path& path);

// Names the time over which what was written can be read back without ever having been flushed, by whichever process:
// that of this machine, from one start to the next. Empty where a file system may be shared, because the bytes may be
// with a machine or a process that can start anew by itself; and when the system does not tell.
[[nodiscard]] std::string cache_lifetime(const Path& path);

// Whether the file lies on a disk that has to move a head for every file read beside another one. false when the system
// does not tell.
[[nodiscard]] bool is_rotating_disk(const Path& path);

// Whether the file's bytes are in memory already, going by samples, so that reading it asks nothing of a disk. false
// when the system does not tell.
[[nodiscard]] bool is_in_memory(const Path& path);

}  // namespace civitai::os
