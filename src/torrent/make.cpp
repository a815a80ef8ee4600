#include "torrent/make.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "torrent/bytes.hpp"
#include "torrent/loaded.hpp"
#include "torrent/pieces.hpp"

#include <libtorrent/bencode.hpp>
#include <libtorrent/create_torrent.hpp>
#include <libtorrent/magnet_uri.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>

namespace civitai::torrent {
namespace {

// What readers of torrents take without a word; libtorrent's own limit.
constexpr std::uint64_t most_pieces = 0x200000;

// A file alone ends where it ends: behind its last piece nothing is hashed that is not in it.
lt::create_flags_t flags_of(const Recipe& recipe) {
  const bool alone = recipe.form == Form::single_file;
  switch (recipe.protocol) {
    case Protocol::hybrid: return alone ? lt::create_torrent::canonical_files_no_tail_padding : lt::create_flags_t{};
    case Protocol::v1: return lt::create_torrent::v1_only;
    case Protocol::v2: return lt::create_torrent::v2_only;
  }
  return {};
}

std::string name_in_torrent(const Recipe& recipe, const SourceFile& file) {
  return recipe.form == Form::single_file ? recipe.name : format("{}/{}", recipe.name, file.name);
}

Status check(const Recipe& recipe) {
  const std::uint64_t size = recipe.size().value;
  if (size == 0) return fail(ErrorKind::usage, format("{}: there are no bytes to share", recipe.name));
  if (size / recipe.piece_length.value + recipe.files.size() > most_pieces) {
    return fail(ErrorKind::usage, format("{}: too many pieces of {}", recipe.name, to_text(recipe.piece_length)),
                "choose a larger --piece-size, or none");
  }
  for (const SourceFile& file : recipe.files) {
    if (!is_valid_utf8(name_in_torrent(recipe, file))) {
      return fail(ErrorKind::usage, format("{}: a name in a torrent must be UTF-8", file.path.string()));
    }
  }
  return {};
}

void describe(const Recipe& recipe, lt::create_torrent& torrent) {
  int tier = 0;
  for (const std::string& tracker : recipe.trackers) {
    torrent.add_tracker(tracker, recipe.tiers == Tiers::one_each ? tier++ : 0);
  }
  for (const std::string& seed : recipe.web_seeds) {
    const bool needs_slash = recipe.form == Form::folder && !seed.ends_with('/');
    torrent.add_url_seed(needs_slash ? seed + "/" : seed);
  }
  torrent.set_priv(recipe.visibility == Visibility::private_);
  if (!recipe.comment.empty()) torrent.set_comment(recipe.comment.c_str());
  torrent.set_creator(recipe.creator.c_str());
  torrent.set_creation_date(
      std::chrono::duration_cast<std::chrono::seconds>(recipe.created.time_since_epoch()).count());
}

// The library may have brought the files into another order and put padding between them.
std::vector<os::Path> paths_of(const Recipe& recipe, const lt::file_storage& files) {
  std::map<std::string, os::Path> by_name;
  for (const SourceFile& file : recipe.files) by_name[name_in_torrent(recipe, file)] = file.path;
  std::vector<os::Path> paths(static_cast<std::size_t>(files.num_files()));
  for (const lt::file_index_t index : files.file_range()) {
    const auto found = by_name.find(files.file_path(index));
    if (found != by_name.end()) paths[static_cast<std::size_t>(static_cast<int>(index))] = found->second;
  }
  return paths;
}

void set_hashes(const std::vector<PieceHashes>& hashes, Protocol protocol, lt::create_torrent& torrent) {
  const lt::file_storage& files = torrent.files();
  for (const lt::piece_index_t piece : torrent.piece_range()) {
    const PieceHashes& of_piece = hashes[static_cast<std::size_t>(static_cast<int>(piece))];
    if (protocol != Protocol::v2) torrent.set_hash(piece, lt::sha1_hash(chars_of(of_piece.v1)));
    if (protocol == Protocol::v1) continue;
    const lt::file_index_t file = files.map_block(piece, 0, 1).front().file_index;
    const lt::piece_index_t first = files.map_file(file, 0, 1).piece;
    torrent.set_hash2(file, piece - first, lt::sha256_hash(chars_of(of_piece.v2)));
  }
}

Made finished(const Recipe& recipe, const lt::create_torrent& torrent) {
  lt::entry root = torrent.generate();
  if (!recipe.source.empty()) root["info"]["source"] = recipe.source;
  // libtorrent 2.0.8 leaves this out of hybrid torrents, and readers of v1 refuse those.
  const bool alone = recipe.form == Form::single_file && recipe.protocol == Protocol::hybrid;
  if (alone) root["info"]["length"] = static_cast<std::int64_t>(recipe.size().value);
  Made made;
  lt::bencode(std::back_inserter(made.content), root);
  made.pieces = static_cast<std::size_t>(torrent.num_pieces());
  // Read again: what is told of the torrent is what others will find in it.
  const Loaded loaded = parse(made.content);
  made.magnet = lt::make_magnet_uri(loaded.info);
  const lt::info_hash_t& info_hashes = loaded.info.info_hashes();
  if (info_hashes.has_v1()) made.info_hash = hex_of(info_hashes.v1);
  if (info_hashes.has_v2()) made.info_hash_v2 = hex_of(info_hashes.v2);
  return made;
}

using Times = std::vector<std::filesystem::file_time_type>;

Times times_of(const Recipe& recipe) {
  Times times;
  for (const SourceFile& file : recipe.files) {
    std::error_code ignored;
    times.push_back(std::filesystem::last_write_time(file.path, ignored));
  }
  return times;
}

Result<Made> make_unchecked(const Recipe& recipe, const Work& work) {
  lt::file_storage files;
  for (const SourceFile& file : recipe.files) {
    files.add_file(name_in_torrent(recipe, file), static_cast<std::int64_t>(file.size.value));
  }
  lt::create_torrent torrent(files, static_cast<int>(recipe.piece_length.value), flags_of(recipe));
  describe(recipe, torrent);
  const Content content{torrent.files(), paths_of(recipe, torrent.files()), {}, recipe.protocol};
  const Times before = times_of(recipe);
  const auto hashes = hash_pieces(content, work);
  if (!hashes) return fail(hashes.error());
  if (times_of(recipe) != before) return fail(ErrorKind::io, format("{}: changed while it was read", recipe.name));
  set_hashes(*hashes, recipe.protocol, torrent);
  return finished(recipe, torrent);
}

}  // namespace

Result<Made> make(const Recipe& recipe, const Work& work) {
  if (auto status = check(recipe); !status) return fail(status.error());
  try {
    return make_unchecked(recipe, work);
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, format("{}: {}", recipe.name, printable(error.what())));
  }
}

}  // namespace civitai::torrent
