// Reading a .torrent file. For this layer alone.
#pragma once

#include "base/result.hpp"
#include "os/file.hpp"
#include "torrent/recipe.hpp"

#include <libtorrent/torrent_info.hpp>

namespace civitai::torrent {

struct Loaded {
  lt::torrent_info info;
  std::string source;  // what its info dictionary says under that name

  [[nodiscard]] Protocol protocol() const;
  // Whether it is one file without a folder around it.
  [[nodiscard]] Form form() const;
};

// The content of a .torrent file. Throws what the library throws for a text that is none.
[[nodiscard]] Loaded parse(const std::string& text);

// Error of kind not_found or io when the file cannot be read, usage when it is no torrent.
[[nodiscard]] Result<Loaded> load(const os::Path& path);

}  // namespace civitai::torrent
