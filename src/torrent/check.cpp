#include "torrent/check.hpp"

#include "base/format.hpp"
#include "torrent/bytes.hpp"
#include "torrent/loaded.hpp"
#include "torrent/pieces.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace civitai::torrent {
namespace {

std::size_t number(lt::file_index_t index) { return static_cast<std::size_t>(static_cast<int>(index)); }

bool is_there(const os::Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

os::Path data_path(const os::Path& torrent, const std::optional<os::Path>& given, const Loaded& loaded) {
  const os::Path name = loaded.info.name();
  if (!given) {
    // A folder may hold its own torrent.
    const os::Path folder = std::filesystem::absolute(torrent).lexically_normal().parent_path();
    const bool inside = folder.filename() == name && loaded.form() == Form::folder && !is_there(folder / name);
    return inside ? folder : folder / name;
  }
  std::error_code ignored;
  const bool holds =
      std::filesystem::is_directory(*given, ignored) && (loaded.form() == Form::single_file || is_there(*given / name));
  return holds ? *given / name : *given;
}

class Check {
 public:
  Check(const Loaded& loaded, os::Path data)
      : files_(loaded.info.files()), loaded_(loaded), content_{files_, {}, {}, loaded.protocol()} {
    report_.data = std::move(data);
    report_.pieces = static_cast<std::size_t>(files_.num_pieces());
  }

  Result<CheckReport> run(const Work& work) {
    look_at_files();
    const auto hashes = hash_pieces(content_, work);
    if (!hashes) return fail(hashes.error());
    compare(*hashes);
    for (auto& [file, wrong] : wrong_) report_.wrong_files.push_back(std::move(wrong));
    return std::move(report_);
  }

 private:
  [[nodiscard]] os::Path path_of(lt::file_index_t index) const {
    if (loaded_.form() == Form::single_file) return report_.data;
    const std::string name = files_.file_path(index);
    return report_.data / os::Path(name).lexically_relative(files_.name());
  }

  void look_at_files() {
    content_.paths.resize(static_cast<std::size_t>(files_.num_files()));
    content_.lengths.resize(content_.paths.size());
    for (const lt::file_index_t index : files_.file_range()) {
      if (files_.pad_file_at(index)) continue;
      const ByteCount wanted{static_cast<std::uint64_t>(files_.file_size(index))};
      report_.size += wanted;
      const os::Path path = path_of(index);
      const auto size = os::file_size(path);
      if (!size) {
        blame(index, is_there(path) ? "cannot be read" : "missing");
      } else if (*size != wanted) {
        blame(index, format("{} bytes instead of {}", size->value, wanted.value));
      }
      if (!size) continue;
      content_.paths[number(index)] = path;
      content_.lengths[number(index)] = size->value;
    }
  }

  void compare(const std::vector<PieceHashes>& hashes) {
    for (const lt::piece_index_t piece : files_.piece_range()) {
      const PieceHashes& found = hashes[static_cast<std::size_t>(static_cast<int>(piece))];
      if (found.read && is_right(piece, found)) continue;
      ++(found.read ? report_.wrong_pieces : report_.missing_pieces);
      blame(piece, found);
    }
    if (content_.protocol == Protocol::v1) return;
    for (const lt::file_index_t file : files_.file_range()) {
      const bool whole = files_.file_size(file) > 0 && !files_.pad_file_at(file) && !wrong_.contains(file);
      if (whole && !has_its_root(file, hashes)) blame(file, "not what its root hash in the torrent says");
    }
  }

  // In v2 the root of a file's tree is what counts; the layer of piece hashes below it tells which piece is wrong.
  [[nodiscard]] bool has_its_root(lt::file_index_t file, const std::vector<PieceHashes>& hashes) {
    const auto first = static_cast<std::size_t>(static_cast<int>(files_.map_file(file, 0, 1).piece));
    std::vector<Sha256Value> pieces;
    pieces.reserve(static_cast<std::size_t>(files_.file_num_pieces(file)));
    for (int i = 0; i < files_.file_num_pieces(file); ++i) {
      pieces.push_back(hashes[first + static_cast<std::size_t>(i)].v2);
    }
    const Sha256Value root = file_root(pieces, {static_cast<std::uint64_t>(files_.piece_length())});
    return std::memcmp(root.data(), files_.root_ptr(file), root.size()) == 0;
  }

  [[nodiscard]] bool is_right(lt::piece_index_t piece, const PieceHashes& found) {
    const lt::torrent_info& info = loaded_.info;
    const bool v1 = content_.protocol != Protocol::v2;
    if (v1 && std::memcmp(info.hash_for_piece_ptr(piece), found.v1.data(), found.v1.size()) != 0) return false;
    if (content_.protocol == Protocol::v1) return true;
    const lt::file_index_t file = files_.map_block(piece, 0, 1).front().file_index;
    const auto index = static_cast<std::size_t>(piece - files_.map_file(file, 0, 1).piece);
    const lt::span<const char> layer = info.piece_layer(file);
    const std::size_t at = index * hash::sha256_size;
    const auto room = static_cast<std::size_t>(layer.size());
    return at + hash::sha256_size <= room && std::memcmp(layer.data() + at, found.v2.data(), found.v2.size()) == 0;
  }

  void blame(lt::piece_index_t piece, const PieceHashes& found) {
    const std::vector<lt::file_slice> slices = files_.map_block(piece, 0, files_.piece_size(piece));
    const auto culprit = std::find_if(slices.begin(), slices.end(), [&](const lt::file_slice& slice) {
      return found.read ? !files_.pad_file_at(slice.file_index) : !content_.has(slice);
    });
    if (culprit == slices.end()) return;
    const os::Path path = path_of(culprit->file_index);
    const auto offset = static_cast<std::uint64_t>(culprit->offset);
    if (!report_.first) report_.first = {static_cast<std::size_t>(static_cast<int>(piece)), path, offset};
    blame(culprit->file_index, format("wrong from byte {} on", offset));
  }

  // What was found first is told.
  void blame(lt::file_index_t file, std::string why) {
    wrong_.try_emplace(file, CheckReport::WrongFile{path_of(file), std::move(why)});
  }

  const lt::file_storage& files_;
  const Loaded& loaded_;
  Content content_;
  CheckReport report_;
  std::map<lt::file_index_t, CheckReport::WrongFile> wrong_;
};

}  // namespace

Result<CheckReport> check(const os::Path& torrent, const std::optional<os::Path>& data, const Work& work) {
  const auto loaded = load(torrent);
  if (!loaded) return fail(loaded.error());
  if (data && !is_there(*data)) {
    return fail(ErrorKind::not_found, format("{}: there is no such file or folder", data->string()));
  }
  return Check(*loaded, data_path(torrent, data, *loaded)).run(work);
}

}  // namespace civitai::torrent
