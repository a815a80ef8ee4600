// Ready-made catalogues: a large generated one, batches of equal files for measurements, and a small one for show.
#pragma once

#include "site/catalogue.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace standin {

struct GeneratorSettings {
  std::size_t models = 100;
  std::uint64_t seed = 1;
  std::uint64_t smallest = 1024;  // bytes of a file
  std::uint64_t largest = 65536;
};

// Models of many types, base models, creators, tags and levels; several versions that are not ordered by date; several
// files for some. The same settings give the same catalogue.
[[nodiscard]] Catalogue generated_catalogue(const GeneratorSettings& settings);

struct FileBatch {
  std::size_t count = 1;
  std::uint64_t size = 1 << 20;  // bytes
};

// "2000x100KiB". Throws std::invalid_argument.
[[nodiscard]] FileBatch parse_batch(std::string_view text);

// One model with one version with one file for every file of the batches.
[[nodiscard]] Catalogue file_catalogue(std::span<const FileBatch> batches, HashSet published);

// One model with one version with so many pictures of other people, ids from 100000 on.
[[nodiscard]] Catalogue picture_catalogue(const FileBatch& batch);

// Two versions of one model whose galleries hold one of each trouble: extensions that are not what the bytes are, every
// level, authors without a name, with a numeric and with an unsafe one, a video that comes as a still, a hostile
// prompt.
[[nodiscard]] Catalogue gallery_catalogue();

// Eight invented models that show what a downloader meets: an archived one, an early access, a dangerous pickle,
// unscanned training data, twins of one name, names beyond ASCII.
[[nodiscard]] Catalogue demo_catalogue();

}  // namespace standin
