// SHA-1 or SHA-256 as raw bytes, for many messages one after the other: what torrents are made of.
//
// Runs OpenSSL's code for the machine's own instructions. Not safe to share between threads; cheap to move.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

struct evp_md_ctx_st;

namespace civitai::hash {

enum class RawAlgorithm { sha1, sha256 };

inline constexpr std::size_t sha1_size = 20;
inline constexpr std::size_t sha256_size = 32;

class RawDigest {
 public:
  explicit RawDigest(RawAlgorithm algorithm);

  void update(std::span<const std::byte> data);
  // Writes the digest of all bytes since the last call to the front of `digest`, which must have room for it, and
  // starts anew.
  void finish(std::span<std::byte> digest);

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace civitai::hash
