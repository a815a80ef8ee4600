// Making a .torrent file and its magnet link.
#pragma once

#include "base/result.hpp"
#include "torrent/recipe.hpp"
#include "torrent/work.hpp"

#include <cstddef>
#include <string>

namespace civitai::torrent {

struct Made {
  std::string content;       // of the .torrent file
  std::string magnet;        // xt of each info-hash, dn, tr, ws
  std::string info_hash;     // lower-case hex, 40 digits; empty for v2
  std::string info_hash_v2;  // 64 digits; empty for v1
  std::size_t pieces = 0;
};

// Reads every file once. Errors of kind usage for a recipe that makes no torrent (no bytes, too many pieces, names that
// are no UTF-8), io when a file cannot be read or changes meanwhile, cancelled. Writes nothing.
[[nodiscard]] Result<Made> make(const Recipe& recipe, const Work& work);

}  // namespace civitai::torrent
