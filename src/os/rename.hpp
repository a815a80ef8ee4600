// Renaming without replacing, with whatever means the file system offers.
//
// For RealFileSystem; of its own so that each of the means can be tried on any file system.
#pragma once

#include "os/file.hpp"

namespace civitai::os {

// From the best to the last resort.
enum class RenameMeans {
  exclusive_rename,  // renameat2 with RENAME_NOREPLACE: one atomic step
  hard_link,         // link, then unlink: never replaces; a crash in between leaves both names, each a whole file
  check_first,       // look, then rename: another process that makes the target in between loses its file
};

// Gives `from` the name `to`, which must not exist. Starts with `best` and goes on to the next means where the file
// system lacks one. 0, or the error number of what failed (EEXIST when the target exists); then nothing has changed.
[[nodiscard]] int rename_without_replacing(const Path& from, const Path& to,
                                           RenameMeans best = RenameMeans::exclusive_rename);

}  // namespace civitai::os
