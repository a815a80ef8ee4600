// Which entries of the library a person means: by model, version, file, creator, or key. Pure.
#pragma once

#include "domain/library_entry.hpp"

#include <string>
#include <vector>

namespace civitai::engine {

// An entry is chosen when any of it fits.
struct EntryChoice {
  std::vector<ModelId> models = {};
  std::vector<VersionId> versions = {};
  std::vector<FileId> files = {};
  std::vector<std::string> creators = {};  // in any letter case
  std::vector<std::string> keys = {};  // "v_123", or the id of a version, a file or a model: the first that there is

  [[nodiscard]] bool empty() const;
};

struct Chosen {
  std::vector<LibraryEntry> entries;   // in the order of the library, each once
  std::vector<std::string> unmatched;  // what fits nothing: "version 12", "creator someone"
};

[[nodiscard]] Chosen choose(const std::vector<LibraryEntry>& library, const EntryChoice& choice);

}  // namespace civitai::engine
