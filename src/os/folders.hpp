// The folders below a root, made now and flushed later together with what was put into them: for many small files a
// flush for each new folder would cost more than all of their bytes.
//
// Knows which directories may have entries that a power cut would still undo: those that gained one here, and, as a run
// that was killed may have left some, every directory below the root until it was flushed once. Safe to use from
// several threads.
#pragma once

#include "base/guarded.hpp"
#include "os/file.hpp"

#include <cstdint>
#include <map>

namespace civitai::os {

class Folders {
 public:
  Folders(FileSystem& files, Path root) : files_(files), root_(std::move(root)) {}

  // Creates the directory and its missing ancestors; until `settle` a power cut may undo that.
  [[nodiscard]] Status make(const Path& directory);
  // Flushes the entries of these directories, and of those above them that may not have been flushed.
  [[nodiscard]] Status settle(std::span<const Path> directories);

 private:
  struct Known {
    std::uint64_t changed = 1;  // counts the entries it gained
    std::uint64_t settled = 0;  // as of which of them it was flushed
  };
  using State = std::map<Path, Known>;

  [[nodiscard]] std::map<Path, std::uint64_t> unsettled_above(std::span<const Path> directories);
  [[nodiscard]] bool is_below_root(const Path& directory) const;

  FileSystem& files_;
  Path root_;
  Guarded<State> state_;
};

}  // namespace civitai::os
