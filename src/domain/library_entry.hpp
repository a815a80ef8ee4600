// What the library knows about one file. Pure values.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "domain/hashes.hpp"
#include "domain/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace civitai {

enum class EntryStatus { pending, downloaded, error };

[[nodiscard]] std::string_view to_string(EntryStatus status);  // "Pending", "Downloaded", "Error"
[[nodiscard]] std::optional<EntryStatus> entry_status_from(std::string_view word);

// "v_<versionId>": what people see and type.
[[nodiscard]] std::string entry_key(VersionId version);

struct LibraryEntry {
  EntryStatus status = EntryStatus::pending;
  ModelId model_id;
  std::string model_name;
  std::string model_type;
  std::string creator;
  VersionId version_id;
  std::string version_name;
  std::string base_model;
  FileId file_id;
  std::string file_name;
  std::string file_type;
  ByteCount size;     // on disk once downloaded, announced before
  Hashes hashes;      // published by the site, or computed here when it published none
  std::string path;   // absolute; where the file is or will be
  std::string error;  // why, for status error
  SystemTime updated_at;
};

}  // namespace civitai
