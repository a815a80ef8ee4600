// The hash of a file that is still arriving: in order, right behind its write front, each byte once.
//
// It reads back what the connections have written, from the page cache. That is right because
//   * the result covers the very bytes that a reader of the file will get, not what went past on the way to it;
//   * bytes that arrived in order, out of order or in an earlier run are all the same to it: what is out of order waits
//     in the page cache, at most a piece per connection, and is read as soon as its turn comes;
//   * no queue lies between network and hash: a slow hash never holds up a connection, memory stays flat, and the
//     copy out of the cache costs about a tenth of what hashing costs;
//   * no second pass over the file follows: when the last byte is written, only the part behind the front is left.
// Where no digest is wanted nothing is read. Not for sharing between threads; it works on the transfer's thread while
// the client's thread receives and writes.
#pragma once

#include "engine/partial_file.hpp"
#include "hash/hasher.hpp"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace civitai::engine {

class FrontHash {
 public:
  explicit FrontHash(hash::Kinds kinds) : kinds_(kinds), hasher_(kinds) {}

  // Bytes hashed so far.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  // Hashes on to `front`, up to which the file is written. Error of kind io when bytes are missing, cancelled when
  // stopped.
  [[nodiscard]] Status advance(const PartialFile& file, std::uint64_t front, const std::stop_token& stop);
  void start_over();
  [[nodiscard]] hash::Kinds kinds() const { return kinds_; }
  [[nodiscard]] hash::Digests finish();

 private:
  hash::Kinds kinds_;
  hash::Hasher hasher_;
  std::uint64_t position_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace civitai::engine
