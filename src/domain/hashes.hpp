// The hashes that the site publishes for a file, and which of them prove bytes.
//
// All values are lower-case hex. Definitions as the site's public scanner computes them: SHA256 and BLAKE3 over the
// whole file; AutoV2 = first 10 digits of SHA256; AutoV1 = first 8 digits of SHA256 over the 65,536 bytes at offset 1
// MiB, only for files of at least 2 MiB; AutoV3 = SHA256 of a safetensors file behind its header, published as 12
// digits; CRC32 = the IEEE CRC with its four bytes printed in reverse order.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace civitai {

enum class HashKind { sha256, blake3, autov2, autov3, crc32, autov1 };

inline constexpr std::array all_hash_kinds = {HashKind::sha256, HashKind::blake3, HashKind::autov2,
                                              HashKind::autov3, HashKind::crc32,  HashKind::autov1};

[[nodiscard]] std::string_view to_string(HashKind kind);  // as the site spells it: "SHA256", "AutoV2"
[[nodiscard]] std::optional<HashKind> hash_kind_from(std::string_view name);

class Hashes {
 public:
  // Empty when unknown.
  [[nodiscard]] const std::string& get(HashKind kind) const;
  [[nodiscard]] bool has(HashKind kind) const { return !get(kind).empty(); }
  [[nodiscard]] bool empty() const;
  // Keeps the value in lower case when it is hex of a plausible length for the kind; ignores anything else.
  void set(HashKind kind, std::string_view value);

  friend bool operator==(const Hashes&, const Hashes&) = default;

 private:
  std::array<std::string, all_hash_kinds.size()> values_;
};

// Whether a published value and a computed one mean the same bytes. AutoV3 compares by the shorter of the two; CRC32
// accepts either byte order, because the order of today's scanner is not certain.
[[nodiscard]] bool same_hash(HashKind kind, std::string_view published, std::string_view computed);

}  // namespace civitai
