// The journal beside a partial file: which of its bytes are here.
//
// Its claims are about bytes that were flushed. They are written after that flush, to a new file that replaces the old
// one, and carry a checksum: whatever moment the power fails, what is read back is true or nothing. Text form,
// version 1, one fact a line:
//
//   civitai-downloader partial 1
//   file 9300001
//   promise sha256:…            (what the whole file was promised to hash to when it was begun)
//   length 6938040682           (0 = not known yet)
//   have 0-1048576 2097152-3145728
//   check 0D4A1185              (CRC32 of the lines above)
//
// Behind the claims there may be marks: bytes that were written and not flushed yet. A killed program leaves them to
// the kernel, which still has them; a power cut does not. So a mark names the time over which it holds (os/mount.hpp),
// and nobody believes it in another one:
//
//   written 19c1900b-… 0-1310720 2097152-3407872 0B7E9A12     (CRC32 of the line up to here)
//
// Marks are written in place and never flushed: a torn one is none, and damage to them leaves the claims as they are.
#pragma once

#include "engine/ranges.hpp"

#include <cstddef>
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
// nullopt for torn, damaged or foreign claims. `have` is what they claim, and what the marks of `lifetime` tell; an
// empty lifetime leaves the marks out.
[[nodiscard]] std::optional<Journal> decode_journal(std::string_view text, std::string_view lifetime = {});

// A line that may stand anywhere behind the claims: it starts and ends with a line break. At most `largest_mark` bytes;
// of more ranges than fit the rearmost are not told.
inline constexpr std::size_t largest_mark = 4'096;
[[nodiscard]] std::string encode_mark(std::string_view lifetime, const RangeSet& written);
// Where the claims end.
[[nodiscard]] std::size_t end_of_claims(std::string_view text);

}  // namespace civitai::engine
