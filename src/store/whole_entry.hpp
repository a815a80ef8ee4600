// Everything the library knows about one file, as it goes from one library to another. A pure value, and its JSON.
#pragma once

#include "store/library.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace civitai::store {

struct WholeEntry {
  // The file at `entry.path`, complete when it was last looked at.
  struct Presence {
    ByteCount size;
    Hashes computed = {};
    Proof proof = {};
    SystemTime verified_at = {};  // 0: never
  };
  LibraryEntry entry = {};  // hashes and size as the site published them; model id 0: not known
  SystemTime added_at = {};
  std::optional<SystemTime> deleted_at = {};  // taken away on purpose: no entry, but remembered
  std::vector<std::string> tags = {};
  std::vector<std::string> trained_words = {};
  std::optional<Presence> presence = {};
  RawDocument document = {};  // of the version; empty when it is not known, or came with another file of the version
};

// One line of JSON. `document` is the version's own JSON, embedded as it is; empty: left out.
[[nodiscard]] std::string to_json(const WholeEntry& entry, std::string_view document);
// Reads it back, the document with it. Error of kind usage when the ids of version or file, or the status, are missing.
[[nodiscard]] Result<WholeEntry> whole_entry_from(std::string_view json);

}  // namespace civitai::store
