// What a .torrent file says.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/file.hpp"
#include "torrent/recipe.hpp"

#include <optional>
#include <string>
#include <vector>

namespace civitai::torrent {

struct Summary {
  struct File {
    std::string name;  // of a folder: below it
    ByteCount size;
  };
  std::string name;
  Form form = Form::single_file;
  Protocol protocol = Protocol::hybrid;
  std::string info_hash;     // lower-case hex, 40 digits; empty for v2
  std::string info_hash_v2;  // 64 digits; empty for v1
  ByteCount size;            // of the files, without padding
  ByteCount piece_length;
  std::size_t pieces = 0;
  std::vector<std::vector<std::string>> tiers;  // of trackers, first to be tried first
  std::vector<std::string> web_seeds;
  Visibility visibility = Visibility::open;
  std::string source;
  std::string comment;
  std::string creator;
  std::optional<SystemTime> created;
  std::string magnet;
  std::vector<File> files;
};

// Error of kind not_found or io when the file cannot be read, usage when it is no torrent. Texts are as they stand in
// the file: not fit for a screen.
[[nodiscard]] Result<Summary> read_summary(const os::Path& path);

}  // namespace civitai::torrent
