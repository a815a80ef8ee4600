#include "torrent/loaded.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <libtorrent/bdecode.hpp>

#include <exception>

namespace civitai::torrent {
namespace {

constexpr ByteCount largest_torrent = mebibytes(256);

std::string source_of(const lt::torrent_info& info) {
  lt::error_code error;
  const lt::bdecode_node dictionary = lt::bdecode(info.info_section(), error);
  if (error || dictionary.type() != lt::bdecode_node::dict_t) return {};
  const auto source = dictionary.dict_find_string_value("source");
  return {source.data(), source.size()};
}

}  // namespace

Protocol Loaded::protocol() const {
  if (!info.v2()) return Protocol::v1;
  return info.v1() ? Protocol::hybrid : Protocol::v2;
}

// In a folder every path begins with its name.
Form Loaded::form() const {
  const lt::file_storage& files = info.files();
  return files.file_path(lt::file_index_t{0}) == files.name() ? Form::single_file : Form::folder;
}

Loaded parse(const std::string& text) {
  lt::load_torrent_limits limits;
  limits.max_buffer_size = static_cast<int>(largest_torrent.value);
  Loaded loaded{lt::torrent_info(text, limits, lt::from_span), {}};
  loaded.source = source_of(loaded.info);
  return loaded;
}

Result<Loaded> load(const os::Path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return fail(ErrorKind::not_found, format("{}: there is no such file", path.string()));
  }
  const auto text = os::read_text(path, largest_torrent);
  if (!text) return fail(text.error());
  try {
    return parse(*text);
  } catch (const std::exception& error) {
    return fail(ErrorKind::usage, format("{}: not a torrent: {}", path.string(), printable(error.what())));
  }
}

}  // namespace civitai::torrent
