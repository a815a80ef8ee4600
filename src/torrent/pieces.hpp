// The hashes of a torrent's pieces, computed from the files on disk. For this layer alone: it knows the library's
// types.
//
// Every file is read once, by as many threads as there are cores, each with a small buffer of its own; memory does not
// grow with the files but for some 56 bytes a piece.
#pragma once

#include "base/result.hpp"
#include "hash/raw_digest.hpp"
#include "os/file.hpp"
#include "torrent/recipe.hpp"
#include "torrent/work.hpp"

#include <libtorrent/file_storage.hpp>

#include <array>
#include <vector>

namespace civitai::torrent {

using Sha256Value = std::array<std::byte, hash::sha256_size>;

struct PieceHashes {
  std::array<std::byte, hash::sha1_size> v1 = {};  // of the piece; zeros unless asked for
  Sha256Value v2 = {};                             // root of the tree over the piece's blocks; the same
  bool read = false;                               // false: something of it is not there
};

struct Content {
  const lt::file_storage& files;
  std::vector<os::Path> paths;              // of each file in `files`; empty: not there, its pieces are left out
  std::vector<std::uint64_t> lengths = {};  // of each as it is there, pieces beyond are left out; empty: all are whole
  Protocol protocol = Protocol::hybrid;

  [[nodiscard]] bool has(const lt::file_slice& slice) const;
};

// One for each piece. Error of kind io when a file cannot be read or is shorter than `files` says, cancelled when asked
// to stop.
[[nodiscard]] Result<std::vector<PieceHashes>> hash_pieces(const Content& content, const Work& work);

// The root of the tree over `leaves`, filled up to `width` (a power of two, 0: the next one) with `filler`.
[[nodiscard]] Sha256Value merkle_root(std::vector<Sha256Value> leaves, std::size_t width, const Sha256Value& filler);

// The root that stands for a whole file with these piece roots: the tree over its blocks.
[[nodiscard]] Sha256Value file_root(const std::vector<Sha256Value>& pieces, ByteCount piece_length);

}  // namespace civitai::torrent
