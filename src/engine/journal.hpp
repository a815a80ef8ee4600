// The journal beside a partial file: which of its bytes are proven to be on disk.
//
// It is written after the data it speaks of has been flushed, to a new file that replaces the old one, and carries a
// checksum: whatever moment the power fails, what is read back is true or nothing. Text form, version 1, one fact a
// line:
//
//   civitai-downloader partial 1
//   file 9300001
//   promise sha256:…            (what the whole file was promised to hash to when it was begun)
//   length 6938040682           (0 = not known yet)
//   have 0-1048576 2097152-3145728
//   check 0D4A1185              (CRC32 of the lines above)
#pragma once

#include "engine/ranges.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace civitai::engine {

struct Journal {
  std::string file;  // its identity: one word
  std::string promise;
  std::uint64_t length = 0;
  RangeSet have;

  friend bool operator==(const Journal&, const Journal&) = default;
};

[[nodiscard]] std::string encode(const Journal& journal);
// nullopt for a torn, damaged or foreign text.
[[nodiscard]] std::optional<Journal> decode_journal(std::string_view text);

}  // namespace civitai::engine
