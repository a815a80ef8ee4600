// SHA-1 or SHA-256 of several messages at once: up to twice as fast as one after the other, where the processor is
// x86-64 and Intel's Multi-Buffer library was there when this was built. Everywhere else OpenSSL takes them in turn.
//
// The digests are the same either way. Not safe to share between threads; cheap to move, some milliseconds to make.
#pragma once

#include "hash/raw_digest.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace civitai::hash {

class ManyDigests {
 public:
  struct Message {
    std::span<const std::byte> data;
    std::span<std::byte> digest;  // with room for it
  };

  // Longer messages are taken one after the other.
  static constexpr std::size_t longest = 2UL * 1024 * 1024;

  explicit ManyDigests(RawAlgorithm algorithm);
  ManyDigests(ManyDigests&&) noexcept;
  ManyDigests& operator=(ManyDigests&&) noexcept;
  ~ManyDigests();

  // How many messages of one length should be given at once; 1 where that gains nothing.
  [[nodiscard]] std::size_t lanes() const;

  void hash(std::span<const Message> messages);

 private:
  class Lanes;

  RawDigest single_;
  std::size_t digest_size_;
  std::unique_ptr<Lanes> lanes_;  // null: there are none
};

}  // namespace civitai::hash
