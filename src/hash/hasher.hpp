// Streaming hashes: bytes go in once, in order, and come out as the values the site publishes.
//
// A Hasher computes a chosen set of kinds in one pass (AutoV2 costs nothing beside SHA256). Not safe to share between
// threads; cheap to move. Never fails on data: an AutoV1 or AutoV3 that is not defined for the content stays unknown.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace civitai::hash {

// Which digests to compute; a set of bits.
enum class Kinds : std::uint8_t { none = 0, sha256 = 1, blake3 = 2, crc32 = 4, autov1 = 8, autov3 = 16, all = 31 };

constexpr Kinds operator|(Kinds a, Kinds b) {
  return static_cast<Kinds>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr bool has(Kinds set, Kinds kind) {
  return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(kind)) != 0;
}

// Lower-case hex; empty when not asked for or not defined.
struct Digests {
  std::string sha256;
  std::string blake3;
  std::string crc32;   // as the site prints it: least significant byte first
  std::string autov1;  // 8 digits; only for content of at least 2 MiB
  std::string autov3;  // 64 digits; only for a safetensors layout (8 bytes header length, header, data)
  std::uint64_t length = 0;
};

class Hasher {
 public:
  explicit Hasher(Kinds kinds);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(std::span<const std::byte> data);
  // The digests of all bytes so far; the hasher is spent afterwards.
  [[nodiscard]] Digests finish();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::hash
