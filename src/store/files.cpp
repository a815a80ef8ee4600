#include "base/format.hpp"
#include "store/tables.hpp"

namespace civitai::store {
namespace {

// A downloaded file stays downloaded, and the time of that stays with it. Hashes are one set: ?14 tells whether the
// record knows any, so that those of replaced bytes never mix with new ones.
constexpr std::string_view upsert_file = R"sql(
INSERT INTO files (id, version_id, name, type, size, status, error, added_at, updated_at,
                   sha256, blake3, autov2, autov3, crc32, autov1)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (id) DO UPDATE SET
  version_id = excluded.version_id,
  name       = coalesce(nullif(excluded.name, ''), name),
  type       = coalesce(nullif(excluded.type, ''), type),
  size       = coalesce(nullif(excluded.size, 0), size),
  status     = iif(status = ?15, status, excluded.status),
  error      = '',
  updated_at = iif(status = ?15, updated_at, excluded.updated_at),
  sha256     = iif(?14, excluded.sha256, sha256),
  blake3     = iif(?14, excluded.blake3, blake3),
  autov2     = iif(?14, excluded.autov2, autov2),
  autov3     = iif(?14, excluded.autov3, autov3),
  crc32      = iif(?14, excluded.crc32, crc32),
  autov1     = iif(?14, excluded.autov1, autov1)
RETURNING status
)sql";

constexpr std::string_view update_status = "UPDATE files SET status = ?2, error = ?3, updated_at = ?4 WHERE id = ?1";

}  // namespace

Result<EntryStatus> put_file(Connection& connection, const LibraryEntry& entry, SystemTime now) {
  const Hashes& hashes = entry.hashes;
  const std::int64_t knows_hashes = hashes.empty() ? 0 : 1;
  auto query =
      connection.query(upsert_file, {entry.file_id.value, entry.version_id.value, entry.file_name, entry.file_type,
                                     column_of(entry.size), to_string(EntryStatus::pending), column_of(now),
                                     column_of(hashes, HashKind::sha256), column_of(hashes, HashKind::blake3),
                                     column_of(hashes, HashKind::autov2), column_of(hashes, HashKind::autov3),
                                     column_of(hashes, HashKind::crc32), column_of(hashes, HashKind::autov1),
                                     knows_hashes, to_string(EntryStatus::downloaded)});
  if (!query) return fail(query.error());
  if (const Result<bool> row = query->next(); !row) return fail(row.error());
  const std::optional<EntryStatus> status = entry_status_from(query->text(0));
  // Only the end of the statement makes its change final.
  if (const Result<bool> end = query->next(); !end) return fail(end.error());
  return status.value_or(EntryStatus::error);
}

Status set_status(Connection& connection, FileId file, EntryStatus status, std::string_view error, SystemTime now) {
  const auto changed = connection.run(update_status, {file.value, to_string(status), error, column_of(now)});
  if (!changed) return fail(changed.error());
  if (*changed == 0) return fail(ErrorKind::not_found, format("the library knows no file {}", file.value));
  return {};
}

}  // namespace civitai::store
