#include "torrent/summary.hpp"

#include "torrent/bytes.hpp"
#include "torrent/loaded.hpp"

#include <libtorrent/magnet_uri.hpp>

#include <chrono>

namespace civitai::torrent {
namespace {

void add_files(const Loaded& loaded, Summary& summary) {
  const lt::file_storage& files = loaded.info.files();
  const std::string prefix = files.name() + "/";
  for (const lt::file_index_t index : files.file_range()) {
    if (files.pad_file_at(index)) continue;
    std::string name = files.file_path(index);
    if (summary.form == Form::folder && name.starts_with(prefix)) name.erase(0, prefix.size());
    const ByteCount size{static_cast<std::uint64_t>(files.file_size(index))};
    summary.size += size;
    summary.files.push_back({std::move(name), size});
  }
}

void add_addresses(const lt::torrent_info& info, Summary& summary) {
  int last_tier = -1;
  for (const lt::announce_entry& tracker : info.trackers()) {
    if (tracker.tier != last_tier) summary.tiers.emplace_back();
    last_tier = tracker.tier;
    summary.tiers.back().push_back(tracker.url);
  }
  for (const lt::web_seed_entry& seed : info.web_seeds()) summary.web_seeds.push_back(seed.url);
}

}  // namespace

Result<Summary> read_summary(const os::Path& path) {
  auto loaded = load(path);
  if (!loaded) return fail(loaded.error());
  const lt::torrent_info& info = loaded->info;
  Summary summary;
  summary.name = info.name();
  summary.form = loaded->form();
  summary.protocol = loaded->protocol();
  if (info.info_hashes().has_v1()) summary.info_hash = hex_of(info.info_hashes().v1);
  if (info.info_hashes().has_v2()) summary.info_hash_v2 = hex_of(info.info_hashes().v2);
  summary.piece_length = {static_cast<std::uint64_t>(info.piece_length())};
  summary.pieces = static_cast<std::size_t>(info.num_pieces());
  summary.visibility = info.priv() ? Visibility::private_ : Visibility::open;
  summary.source = loaded->source;
  summary.comment = info.comment();
  summary.creator = info.creator();
  if (info.creation_date() > 0) summary.created = SystemTime(std::chrono::seconds(info.creation_date()));
  summary.magnet = lt::make_magnet_uri(info);
  add_files(*loaded, summary);
  add_addresses(info, summary);
  return summary;
}

}  // namespace civitai::torrent
