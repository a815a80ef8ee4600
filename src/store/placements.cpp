#include "base/format.hpp"
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

// The bytes are those that were here before, so what was computed over them stays true.
constexpr std::string_view update_proof = R"sql(
UPDATE placements SET
  verified_at = ?2, proof_kind = ?3, proof_value = ?4,
  sha256 = coalesce(?5, sha256), blake3 = coalesce(?6, blake3), autov2 = coalesce(?7, autov2),
  autov3 = coalesce(?8, autov3), crc32 = coalesce(?9, crc32), autov1 = coalesce(?10, autov1)
WHERE file_id = ?1 AND is_current = 1
)sql";

constexpr std::string_view update_path =
    "UPDATE placements SET path = ?2 WHERE file_id = ?1 AND is_current = 1 AND state = 'Present'";

// A file that was never here has no placement that tells its size.
constexpr std::string_view select_check_targets = R"sql(
SELECT f.id, coalesce(p.size, f.size) AS size, coalesce(p.verified_at, 0), coalesce(p.state = 'Present', 0)
FROM kept_files AS f LEFT JOIN placements AS p ON p.file_id = f.id AND p.is_current = 1
ORDER BY size DESC, f.id
)sql";

constexpr std::string_view select_downloaded_paths = R"sql(
SELECT p.path FROM kept_files AS f JOIN placements AS p ON p.file_id = f.id AND p.is_current = 1
WHERE f.status = 'Downloaded' ORDER BY p.path
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

Status renew_proof(Connection& connection, const VerifiedRecord& record, SystemTime now) {
  const Hashes& computed = record.computed;
  const auto done =
      connection.run(update_proof, {record.file.value, column_of(now), record.proof.kind, record.proof.value,
                                    column_of(computed, HashKind::sha256), column_of(computed, HashKind::blake3),
                                    column_of(computed, HashKind::autov2), column_of(computed, HashKind::autov3),
                                    column_of(computed, HashKind::crc32), column_of(computed, HashKind::autov1)});
  return done ? Status{} : fail(done.error());
}

Status move_placement(Connection& connection, const MovedRecord& record) {
  const auto changed = connection.run(update_path, {record.file.value, record.path.native()});
  if (!changed) return fail(changed.error());
  if (*changed > 0) return {};
  return fail(ErrorKind::not_found, format("file {} never was anywhere", record.file.value));
}

Result<std::vector<CheckTarget>> all_check_targets(Connection& connection) {
  auto query = connection.query(select_check_targets);
  if (!query) return fail(query.error());
  std::vector<CheckTarget> targets;
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return targets;
    targets.push_back({{query->integer(0)},
                       {static_cast<std::uint64_t>(query->integer(1))},
                       SystemTime(Milliseconds(query->integer(2))),
                       query->integer(3) != 0});
  }
}

Status visit_downloaded_paths(Connection& connection, const std::function<void(std::string_view path)>& visit) {
  auto query = connection.query(select_downloaded_paths);
  if (!query) return fail(query.error());
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return {};
    visit(query->text(0));
  }
}

}  // namespace civitai::store
