// A record of the original program: what its databases say about one version and the file it fetched of it.
//
// Each of its editions is understood: JSON under the key "v_<versionId>" in Bitcask, rows in its later SQLite file.
#pragma once

#include "store/whole_entry.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace civitai::store {

struct SeedRecord {
  LibraryEntry entry;  // without path; model id 0 and file id 0: the record does not say
  std::vector<std::string> trained_words;
  std::string folder;     // of the file or of its model, mostly relative to the folder of all downloads
  std::string file_name;  // there, with or without "<versionId>_" before it
  SystemTime added_at;
  std::string version_json;  // as the original program kept it: without files, perhaps without pictures
};

// The number in "v_<number>".
[[nodiscard]] std::optional<VersionId> version_of_key(std::string_view key);

// Exact: the site divides the length by 1024. 0 for what makes no sense.
[[nodiscard]] ByteCount size_from_kilobytes(double kilobytes);

// Lenient: what is missing or of another type is unknown. Error of kind usage when it is no object, says no status that
// the original program knows, or nothing tells which version it is about.
[[nodiscard]] Result<SeedRecord> seed_record_from(std::string_view key, std::string_view json);

// The record as the original program reads it: one line of JSON in its field names, from what the library knows and the
// version's own JSON (may be empty). `folder` and `file_name` say where the file is.
[[nodiscard]] std::string seed_json(const WholeEntry& entry, std::string_view document, std::string_view folder,
                                    std::string_view file_name);

// Reads the SQLite file of the original program's later edition without changing it, by version id.
using VisitSeedRecord = std::function<Status(const SeedRecord&)>;
[[nodiscard]] Status each_seed_row(const Path& database, const VisitSeedRecord& visit);
// Whether the file is such a database.
[[nodiscard]] bool is_seed_sqlite(const Path& path);

}  // namespace civitai::store
