#include "torrent/pieces.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <optional>
#include <thread>

namespace civitai::torrent {
namespace {

constexpr std::size_t block_size = 16UL * 1024;        // leaves of the trees of v2
constexpr std::size_t buffer_size = 16 * block_size;   // fits into a core's cache, for the second digest
constexpr std::size_t most_room = 32UL * 1024 * 1024;  // for pieces in memory, of all cores together

using hash::ManyDigests;
using hash::RawAlgorithm;
using hash::RawDigest;

// What one thread knows of the torrent that it hashes; the tools are those of the core that it has a turn on.
class PieceReader {
 public:
  explicit PieceReader(const Content& content) : content_(content) {}

  // Of the pieces from `first` on, as many as `found` has room for: at most pieces_at_once().
  Status hash(std::size_t first, std::span<PieceHashes> found, Tools& tools) {
    tools_ = &tools;
    whole_ = found.size() > 1;
    const std::size_t room = whole_ ? static_cast<std::size_t>(content_.files.piece_length()) : buffer_size;
    if (tools.room.size() < room * found.size()) tools.room.resize(room * found.size());
    pieces_.clear();
    for (std::size_t i = 0; i < found.size(); ++i) {
      const lt::piece_index_t piece(static_cast<int>(first + i));
      if (auto status = take(piece, std::span(tools.room).subspan(i * room, room), found[i]); !status) return status;
    }
    tools.sha1.hash(pieces_);
    return {};
  }

 private:
  Status take(lt::piece_index_t piece, std::span<std::byte> room, PieceHashes& hashes) {
    const int size = content_.files.piece_size(piece);
    const std::vector<lt::file_slice> slices = content_.files.map_block(piece, 0, size);
    if (!std::all_of(slices.begin(), slices.end(), [&](const lt::file_slice& slice) { return content_.has(slice); })) {
      return {};
    }
    leaves_.clear();
    std::size_t taken = 0;
    for (const lt::file_slice& slice : slices) {
      if (auto status = take(slice, whole_ ? room.subspan(taken) : room); !status) return status;
      taken += static_cast<std::size_t>(slice.size);
    }
    if (whole_) {
      pieces_.push_back({room.first(taken), hashes.v1});
    } else if (content_.protocol != Protocol::v2) {
      sha1_.finish(hashes.v1);
    }
    if (content_.protocol != Protocol::v1) hashes.v2 = root_of_piece(slices.front().file_index);
    hashes.read = true;
    return {};
  }

  [[nodiscard]] const os::Path& path_of(const lt::file_slice& slice) const {
    return content_.paths[static_cast<std::size_t>(static_cast<int>(slice.file_index))];
  }

  // Into `room`: one part behind the other where whole pieces are kept, else each over the one before.
  Status take(const lt::file_slice& slice, std::span<std::byte> room) {
    const bool padding = content_.files.pad_file_at(slice.file_index);
    if (padding && content_.protocol == Protocol::v2) return {};
    if (!padding && slice.size > 0) {
      if (auto status = open(slice); !status) return status;
    }
    auto left = static_cast<std::uint64_t>(slice.size);
    auto offset = static_cast<std::uint64_t>(slice.offset);
    while (left > 0) {
      const auto part = room.first(std::min<std::uint64_t>(left, buffer_size));
      if (padding) {
        std::fill(part.begin(), part.end(), std::byte{0});
      } else {
        if (auto status = read(path_of(slice), offset, part); !status) return status;
      }
      if (whole_) {
        room = room.subspan(part.size());
      } else if (content_.protocol != Protocol::v2) {
        sha1_.update(part);
      }
      if (content_.protocol != Protocol::v1 && !padding) add_leaves(part);
      offset += part.size();
      left -= part.size();
    }
    return {};
  }

  Status open(const lt::file_slice& slice) {
    if (file_ && opened_ == slice.file_index) return {};
    os::RealFileSystem files;
    auto file = files.open(path_of(slice), os::OpenMode::read);
    if (!file) return fail(file.error());
    file_ = std::move(*file);
    opened_ = slice.file_index;
    return {};
  }

  Status read(const os::Path& path, std::uint64_t offset, std::span<std::byte> part) {
    const auto count = os::read_at(file_, path, offset, part);
    if (!count) return fail(count.error());
    if (*count == part.size()) return {};
    return fail(ErrorKind::io, format("{} became shorter while it was read", path.string()));
  }

  void add_leaves(std::span<const std::byte> part) {
    const std::size_t before = leaves_.size();
    leaves_.resize(before + (part.size() + block_size - 1) / block_size);
    blocks_.clear();
    for (std::size_t i = before; i < leaves_.size(); ++i) {
      const auto block = part.first(std::min(part.size(), block_size));
      blocks_.push_back({block, leaves_[i]});
      part = part.subspan(block.size());
    }
    tools_->sha256.hash(blocks_);
  }

  // A file that fits into one piece has a tree of its own size; every other piece has a full one.
  Sha256Value root_of_piece(lt::file_index_t file) {
    const bool alone = content_.files.file_size(file) <= content_.files.piece_length();
    const std::size_t width = alone ? 0 : static_cast<std::size_t>(content_.files.piece_length()) / block_size;
    return merkle_root(leaves_, width, {});
  }

  const Content& content_;
  RawDigest sha1_{RawAlgorithm::sha1};
  Tools* tools_ = nullptr;
  bool whole_ = false;  // pieces are kept in memory, each as a whole, until they are hashed together
  std::vector<ManyDigests::Message> pieces_;
  std::vector<ManyDigests::Message> blocks_;
  std::vector<Sha256Value> leaves_;
  os::FileHandle file_;
  lt::file_index_t opened_{0};
};

// How many pieces are best hashed with one call: they must be in memory together for it.
std::size_t pieces_at_once(const Content& content, unsigned cores, const Tools& tools) {
  const auto length = static_cast<std::size_t>(content.files.piece_length());
  const std::size_t lanes = tools.sha1.lanes();
  const bool fit = length <= ManyDigests::longest && cores * lanes * length <= most_room;
  return fit && content.protocol != Protocol::v2 ? lanes : 1;
}

class Hashing {
 public:
  Hashing(const Content& content, const Work& work)
      : content_(content), work_(work), hashes_(static_cast<std::size_t>(content.files.num_pieces())) {}

  Result<std::vector<PieceHashes>> run() {
    const std::size_t threads = std::min<std::size_t>(work_.turns.cores(), hashes_.size());
    {
      std::vector<std::jthread> helpers;
      for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back([this] { hash_some(); });
      hash_some();
    }
    if (const auto error = error_.read([](const auto& found) { return found; })) return fail(*error);
    if (work_.stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    return std::move(hashes_);
  }

 private:
  void hash_some() {
    PieceReader reader(content_);
    while (!work_.stop.stop_requested() && !failed_) {
      std::size_t first = 0;
      std::size_t end = 0;
      const Status status = work_.turns.take([&](Tools& tools) {
        const std::size_t count = pieces_at_once(content_, work_.turns.cores(), tools);
        first = std::min(next_.fetch_add(count), hashes_.size());
        end = std::min(first + count, hashes_.size());
        return reader.hash(first, std::span(hashes_).subspan(first, end - first), tools);
      });
      if (!status) return give_up(status.error());
      if (first == end) return;
      for (std::size_t i = first; i < end; ++i) {
        work_.on_bytes({static_cast<std::uint64_t>(content_.files.piece_size(lt::piece_index_t(static_cast<int>(i))))});
      }
    }
  }

  void give_up(const Error& error) {
    error_.with([&](std::optional<Error>& first) {
      if (!first) first = error;
    });
    failed_ = true;
  }

  const Content& content_;
  const Work& work_;
  std::vector<PieceHashes> hashes_;  // each element is written by the one thread that took its index
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  Guarded<std::optional<Error>> error_;
};

}  // namespace

bool Content::has(const lt::file_slice& slice) const {
  if (files.pad_file_at(slice.file_index)) return true;
  const auto index = static_cast<std::size_t>(static_cast<int>(slice.file_index));
  const bool reaches = lengths.empty() || static_cast<std::uint64_t>(slice.offset + slice.size) <= lengths[index];
  return !paths[index].empty() && reaches;
}

Result<std::vector<PieceHashes>> hash_pieces(const Content& content, const Work& work) {
  return Hashing(content, work).run();
}

Sha256Value merkle_root(std::vector<Sha256Value> leaves, std::size_t width, const Sha256Value& filler) {
  leaves.resize(width == 0 ? std::bit_ceil(std::max<std::size_t>(leaves.size(), 1)) : width, filler);
  RawDigest digest(RawAlgorithm::sha256);
  for (std::size_t count = leaves.size() / 2; count > 0; count /= 2) {
    for (std::size_t i = 0; i < count; ++i) {
      digest.update(leaves[2 * i]);
      digest.update(leaves[2 * i + 1]);
      digest.finish(leaves[i]);
    }
  }
  return leaves.front();
}

Sha256Value file_root(const std::vector<Sha256Value>& pieces, ByteCount piece_length) {
  if (pieces.size() == 1) return pieces.front();
  const Sha256Value filler = merkle_root({}, piece_length.value / block_size, {});
  return merkle_root(pieces, 0, filler);
}

}  // namespace civitai::torrent
