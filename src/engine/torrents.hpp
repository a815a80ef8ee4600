// Making the torrents of a library: several at once, each file proven first as far as asked for.
#pragma once

#include "base/log.hpp"
#include "engine/torrent_units.hpp"
#include "torrent/make.hpp"

#include <functional>
#include <optional>
#include <stop_token>

namespace civitai::engine {

struct TorrentPolicy {
  enum class Existing { keep, replace };
  enum class Magnets { none, write };
  enum class Proof { length, hash };

  torrent::Recipe recipe = {};  // everything but form, name and files; a piece length of 0 is chosen for each torrent
  os::Path save_path = {};      // absolute
  std::optional<os::Path> output = {};  // absolute; empty: in the folder of what is shared
  Existing existing = Existing::keep;
  Magnets magnets = Magnets::none;
  Proof proof = Proof::length;
  int concurrency = 4;
};

struct TorrentItem {
  enum class Outcome { not_started, made, kept, failed };
  Outcome outcome = Outcome::not_started;
  os::Path torrent;
  std::optional<os::Path> magnet_file;
  std::string magnet;
  std::string info_hash;
  std::string info_hash_v2;
  ByteCount size;
  ByteCount piece_length;
  std::size_t pieces = 0;
  std::size_t files = 0;
  std::optional<Error> error;
};

struct TorrentReport {
  std::vector<TorrentItem> items;   // one for each unit
  std::optional<Error> stopped_by;  // asked to stop, or a full disk

  [[nodiscard]] std::size_t count(TorrentItem::Outcome outcome) const;
};

// Called from several threads.
struct TorrentListener {
  std::function<void(std::size_t unit)> on_start = [](std::size_t) {};
  std::function<void(ByteCount)> on_bytes = [](ByteCount) {};  // so many more read
  std::function<void(std::size_t unit, const TorrentItem&)> on_end = [](std::size_t, const TorrentItem&) {};
};

// The failure of one torrent is a value in the report.
[[nodiscard]] TorrentReport make_torrents(const std::vector<TorrentUnit>& units, const LibraryFolders& folders,
                                          const TorrentPolicy& policy, const TorrentListener& listener,
                                          const std::stop_token& stop);

}  // namespace civitai::engine
