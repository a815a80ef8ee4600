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

// Eight invented models that show what a downloader meets: an archived one, an early access, a dangerous pickle,
// unscanned training data, twins of one name, names beyond ASCII.
[[nodiscard]] Catalogue demo_catalogue();

}  // namespace standin
