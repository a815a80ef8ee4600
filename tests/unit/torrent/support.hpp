// What the tests of torrents share: files of noise, recipes over them, and the library's own reader as the judge.
#pragma once

#include "support/temp_dir.hpp"
#include "torrent/make.hpp"

#include <libtorrent/create_torrent.hpp>
#include <libtorrent/load_torrent.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace civitai::torrent::test {

using civitai::test::TempDir;

// Content without a period that a wrong offset could hide behind.
inline std::string noise(std::size_t length, std::uint32_t seed = 1) {
  std::string content(length, '\0');
  std::uint32_t state = seed;
  for (char& c : content) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return content;
}

struct NamedFile {
  std::string name;
  std::size_t size = 0;
};

// A folder "set" with these files in it.
inline Recipe folder(const TempDir& dir, const std::vector<NamedFile>& files, Protocol protocol) {
  Recipe recipe{.form = Form::folder, .name = "set", .protocol = protocol, .piece_length = kibibytes(64)};
  std::uint32_t seed = 0;
  for (const NamedFile& file : files) {
    const auto path = dir.write("set/" + file.name, noise(file.size, ++seed));
    recipe.files.push_back({path, file.name, ByteCount{file.size}});
  }
  return recipe;
}

inline Recipe single(const TempDir& dir, std::string_view name, std::size_t size, Protocol protocol) {
  const auto path = dir.write(name, noise(size));
  return {.name = std::string(name),
          .files = {{path, std::string(name), ByteCount{size}}},
          .protocol = protocol,
          .piece_length = kibibytes(64)};
}

inline Made made(const Recipe& recipe, unsigned cores = 2) {
  Turns turns(cores);
  const auto result = make(recipe, {turns});
  if (!result) throw std::runtime_error(result.error().message);
  return *result;
}

// The same torrent as libtorrent's own hasher makes it.
inline lt::info_hash_t expected(const TempDir& dir, const Recipe& recipe) {
  lt::file_storage files;
  for (const SourceFile& file : recipe.files) {
    const std::string name = recipe.form == Form::folder ? recipe.name + "/" + file.name : recipe.name;
    files.add_file(name, static_cast<std::int64_t>(file.size.value));
  }
  lt::create_flags_t flags = {};
  if (recipe.protocol == Protocol::v1) flags = lt::create_torrent::v1_only;
  if (recipe.protocol == Protocol::v2) flags = lt::create_torrent::v2_only;
  lt::create_torrent torrent(files, static_cast<int>(recipe.piece_length.value), flags);
  lt::set_piece_hashes(torrent, dir.path().string());
  return lt::load_torrent_buffer(torrent.generate_buf()).ti->info_hashes();
}

}  // namespace civitai::torrent::test
