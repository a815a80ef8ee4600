#include "store/tables.hpp"

namespace civitai::store {
namespace {

// What was proven of other bytes is forgotten.
constexpr std::string_view upsert_wanted = R"sql(
INSERT INTO placements (file_id, is_current, state, path) VALUES (?1, 1, 'Wanted', ?2)
ON CONFLICT (file_id) WHERE is_current = 1 DO UPDATE SET
  state = excluded.state, path = excluded.path,
  size = NULL, proof_kind = NULL, proof_value = NULL, verified_at = NULL,
  sha256 = NULL, blake3 = NULL, autov2 = NULL, autov3 = NULL, crc32 = NULL, autov1 = NULL
)sql";

constexpr std::string_view upsert_present = R"sql(
INSERT INTO placements (file_id, is_current, state, path, size, proof_kind, proof_value, verified_at,
                        sha256, blake3, autov2, autov3, crc32, autov1)
VALUES (?1, 1, 'Present', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (file_id) WHERE is_current = 1 DO UPDATE SET
  state = excluded.state, path = excluded.path, size = excluded.size,
  proof_kind = excluded.proof_kind, proof_value = excluded.proof_value, verified_at = excluded.verified_at,
  sha256 = excluded.sha256, blake3 = excluded.blake3, autov2 = excluded.autov2,
  autov3 = excluded.autov3, crc32 = excluded.crc32, autov1 = excluded.autov1
)sql";

}  // namespace

Status want_placement(Connection& connection, FileId file, std::string_view path) {
  const auto done = connection.run(upsert_wanted, {file.value, path});
  if (!done) return fail(done.error());
  return {};
}

Status fill_placement(Connection& connection, const DownloadedRecord& record, SystemTime now) {
  const Hashes& computed = record.computed;
  const auto done =
      connection.run(upsert_present, {record.file.value, record.path.native(), column_of(record.size),
                                      record.proof.kind, record.proof.value, column_of(now),
                                      column_of(computed, HashKind::sha256), column_of(computed, HashKind::blake3),
                                      column_of(computed, HashKind::autov2), column_of(computed, HashKind::autov3),
                                      column_of(computed, HashKind::crc32), column_of(computed, HashKind::autov1)});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace civitai::store
