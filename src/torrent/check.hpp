// Whether files on disk are what a .torrent file says.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "os/file.hpp"
#include "torrent/work.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace civitai::torrent {

struct CheckReport {
  struct WrongFile {
    os::Path path;
    std::string why;  // "missing", "10 bytes instead of 12", "wrong from byte 65536 on"
  };
  struct WrongPiece {
    std::size_t piece = 0;
    os::Path path;             // the file that it begins in
    std::uint64_t offset = 0;  // where in that file
  };
  os::Path data;  // the file or the folder that was looked at
  ByteCount size;
  std::size_t pieces = 0;
  std::size_t wrong_pieces = 0;        // read and not as they should be
  std::size_t missing_pieces = 0;      // in files that are missing or too short
  std::optional<WrongPiece> first;     // of the wrong or missing ones
  std::vector<WrongFile> wrong_files;  // in the order of the torrent

  [[nodiscard]] bool intact() const { return wrong_files.empty() && wrong_pieces == 0 && missing_pieces == 0; }
};

// Looks for the data at `data`, which may name it or the folder that holds it; without one it is looked for beside the
// torrent, or around it. Every byte is read once and compared with every hash that the torrent has. That the data is
// wrong or missing is no error but the report. Errors of kind not_found, io or usage for the .torrent file, cancelled.
[[nodiscard]] Result<CheckReport> check(const os::Path& torrent, const std::optional<os::Path>& data, const Work& work);

}  // namespace civitai::torrent
