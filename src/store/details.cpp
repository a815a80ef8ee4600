#include "base/text.hpp"
#include "store/tables.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace civitai::store {
namespace {

constexpr std::string_view files_of_version = "SELECT id FROM kept_files WHERE version_id = ?1 ORDER BY id";
constexpr std::string_view files_by_id = "SELECT id FROM kept_files WHERE id = ?1";
constexpr std::string_view files_of_model =
    "SELECT f.id FROM kept_files AS f JOIN versions AS v ON v.id = f.version_id WHERE v.model_id = ?1 ORDER BY v.id, "
    "f.id";
constexpr std::string_view files_by_hash = R"sql(
SELECT id FROM kept_files WHERE ?1 IN (sha256, blake3, autov2, autov3, crc32, autov1)
UNION
SELECT file_id FROM placements
WHERE is_current = 1 AND ?1 IN (sha256, blake3, autov2, autov3, crc32, autov1)
  AND file_id IN (SELECT id FROM kept_files)
)sql";
constexpr std::string_view files_by_path =
    "SELECT file_id FROM placements WHERE is_current = 1 AND path = ?1 AND file_id IN (SELECT id FROM kept_files)";

constexpr std::string_view select_details = R"sql(
SELECT m.tags, v.trained_words, f.added_at,
       EXISTS (SELECT 1 FROM version_documents AS d WHERE d.version_id = v.id),
       coalesce(p.state, '') = 'Present', coalesce(p.proof_kind, ''), coalesce(p.proof_value, ''),
       coalesce(p.verified_at, 0),
       f.sha256, f.blake3, f.autov2, f.autov3, f.crc32, f.autov1,
       p.sha256, p.blake3, p.autov2, p.autov3, p.crc32, p.autov1
FROM files AS f
JOIN versions AS v ON v.id = f.version_id
JOIN models AS m ON m.id = v.model_id
LEFT JOIN placements AS p ON p.file_id = f.id AND p.is_current = 1
WHERE f.id = ?1
)sql";

enum DetailColumn {
  at_tags,
  at_words,
  at_added,
  at_has_document,
  at_present,
  at_proof_kind,
  at_proof_value,
  at_verified,
  at_published,
  at_computed = at_published + 6,
};

// What the library never holds would only cost a look.
bool is_hash(std::string_view key) {
  constexpr std::array<std::size_t, 4> lengths = {8, 10, 12, 64};
  return is_hex(key) && std::find(lengths.begin(), lengths.end(), key.size()) != lengths.end();
}

std::string_view without_prefix(std::string_view key) {
  const bool prefixed = key.starts_with("v_") || key.starts_with("V_");
  return prefixed ? key.substr(2) : key;
}

Result<std::vector<FileId>> collect_files(Result<Query> query) {
  if (!query) return fail(query.error());
  std::vector<FileId> files;
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return files;
    files.push_back({query->integer(0)});
  }
}

EntryDetails details_of(const Query& row, LibraryEntry entry) {
  EntryDetails details;
  details.entry = std::move(entry);
  details.tags = words_of_lines(row.text(at_tags));
  details.trained_words = words_of_lines(row.text(at_words));
  details.added_at = SystemTime(Milliseconds(row.integer(at_added)));
  details.has_document = row.integer(at_has_document) != 0;
  details.present = row.integer(at_present) != 0;
  details.proof_kind = row.text(at_proof_kind);
  details.proof_value = row.text(at_proof_value);
  const std::int64_t verified = row.integer(at_verified);
  if (verified != 0) details.verified_at = SystemTime(Milliseconds(verified));
  details.published = hashes_at(row, at_published);
  details.computed = hashes_at(row, at_computed);
  return details;
}

}  // namespace

std::vector<KeyKind> meanings_of(std::string_view key) {
  if (key != without_prefix(key) && parse_integer(without_prefix(key))) return {KeyKind::version};
  std::vector<KeyKind> kinds;
  if (parse_integer(key)) kinds = {KeyKind::version, KeyKind::file, KeyKind::model};
  if (is_hash(key)) kinds.push_back(KeyKind::hash);
  kinds.push_back(KeyKind::path);
  return kinds;
}

Result<std::vector<FileId>> files_by_key(Connection& connection, KeyKind kind, std::string_view key) {
  const std::int64_t number = parse_integer(without_prefix(key)).value_or(0);
  switch (kind) {
    case KeyKind::version: return collect_files(connection.query(files_of_version, {number}));
    case KeyKind::file: return collect_files(connection.query(files_by_id, {number}));
    case KeyKind::model: return collect_files(connection.query(files_of_model, {number}));
    case KeyKind::hash: {
      const std::string hash = to_lower(key);
      return collect_files(connection.query(files_by_hash, {hash}));
    }
    case KeyKind::path: {
      std::error_code unknown;
      const Path path = std::filesystem::absolute(key, unknown).lexically_normal();
      return collect_files(connection.query(files_by_path, {path.native()}));
    }
  }
  return std::vector<FileId>{};
}

Result<std::optional<EntryDetails>> entry_details(Connection& connection, FileId file) {
  auto entry = find_entry(connection, file);
  if (!entry) return fail(entry.error());
  if (!*entry) return std::nullopt;
  auto query = connection.query(select_details, {file.value});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return details_of(*query, std::move(**entry));
}

}  // namespace civitai::store
