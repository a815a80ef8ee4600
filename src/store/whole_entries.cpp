#include "store/whole_entries.hpp"

#include "store/tables.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view select_whole_entries = R"sql(
SELECT f.status, m.id, m.name, m.type, m.creator, m.tags, v.id, v.name, v.base_model, v.trained_words,
       f.id, f.name, f.type, f.size, f.error, f.added_at, f.updated_at, coalesce(p.path, ''),
       f.sha256, f.blake3, f.autov2, f.autov3, f.crc32, f.autov1,
       coalesce(p.state, ''), p.size, coalesce(p.proof_kind, ''), coalesce(p.proof_value, ''), p.verified_at,
       p.sha256, p.blake3, p.autov2, p.autov3, p.crc32, p.autov1, d.deleted_at
FROM files AS f
JOIN versions AS v ON v.id = f.version_id
JOIN models AS m ON m.id = v.model_id
LEFT JOIN placements AS p ON p.file_id = f.id AND p.is_current = 1
LEFT JOIN deletions AS d ON d.file_id = f.id
ORDER BY v.id, f.id
)sql";

enum Column {
  status,
  model_id,
  model_name,
  model_type,
  creator,
  tags,
  version_id,
  version_name,
  base_model,
  trained_words,
  file_id,
  file_name,
  file_type,
  size,
  error,
  added_at,
  updated_at,
  path,
  first_published_hash,
  state = first_published_hash + static_cast<int>(all_hash_kinds.size()),
  present_size,
  proof_kind,
  proof_value,
  verified_at,
  first_computed_hash,
  deleted_at = first_computed_hash + static_cast<int>(all_hash_kinds.size()),
};

constexpr std::string_view select_model_of_version = "SELECT model_id FROM versions WHERE id = ?1";
constexpr std::string_view select_model = "SELECT 1 FROM models WHERE id = ?1";
constexpr std::string_view select_has_document = "SELECT 1 FROM version_documents WHERE version_id = ?1";
constexpr std::string_view select_status = "SELECT status FROM files WHERE id = ?1";
// An entry that was taken over without being looked into was never verified.
constexpr std::string_view forget_verification =
    "UPDATE placements SET verified_at = NULL WHERE file_id = ?1 AND is_current = 1 AND verified_at = 0";
constexpr std::string_view update_file = R"sql(
UPDATE files SET status = ?2, error = ?3, added_at = min(added_at, ?4), updated_at = ?5 WHERE id = ?1
)sql";

std::string text(const Query& row, Column column) { return std::string(row.text(column)); }
SystemTime time(const Query& row, Column column) { return SystemTime(Milliseconds(row.integer(column))); }
ByteCount bytes(const Query& row, Column column) { return {static_cast<std::uint64_t>(row.integer(column))}; }

ModelId model_id_from(std::int64_t value) { return {value > largest_model_id ? 0 : value}; }

WholeEntry whole_entry_of(const Query& row) {
  WholeEntry whole;
  whole.entry = {.status = entry_status_from(row.text(status)).value_or(EntryStatus::error),
                 .model_id = model_id_from(row.integer(model_id)),
                 .model_name = text(row, model_name),
                 .model_type = text(row, model_type),
                 .creator = text(row, creator),
                 .version_id = {row.integer(version_id)},
                 .version_name = text(row, version_name),
                 .base_model = text(row, base_model),
                 .file_id = {row.integer(file_id)},
                 .file_name = text(row, file_name),
                 .file_type = text(row, file_type),
                 .size = bytes(row, size),
                 .hashes = hashes_at(row, first_published_hash),
                 .path = text(row, path),
                 .error = text(row, error),
                 .updated_at = time(row, updated_at)};
  whole.added_at = time(row, added_at);
  if (row.integer(deleted_at) != 0) whole.deleted_at = time(row, deleted_at);
  whole.tags = words_of_lines(row.text(tags));
  whole.trained_words = words_of_lines(row.text(trained_words));
  if (row.text(state) == "Present") {
    whole.presence = WholeEntry::Presence{.size = bytes(row, present_size),
                                          .computed = hashes_at(row, first_computed_hash),
                                          .proof = {text(row, proof_kind), text(row, proof_value)},
                                          .verified_at = time(row, verified_at)};
  }
  return whole;
}

// The first column of the only row, 0 without a row.
Result<std::int64_t> number(Connection& connection, std::string_view sql, std::int64_t id) {
  auto query = connection.query(sql, {id});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  return *row ? query->integer(0) : 0;
}

Result<std::optional<EntryStatus>> known_status(Connection& connection, FileId file) {
  auto query = connection.query(select_status, {file.value});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  return *row ? entry_status_from(query->text(0)) : std::nullopt;
}

// What is known of a model and a version is younger than what comes from elsewhere.
Status put_model_and_version(Connection& connection, FileRecord& record) {
  const auto known = number(connection, select_model_of_version, record.entry.version_id.value);
  if (!known) return fail(known.error());
  const bool learned = *known > largest_model_id && record.entry.model_id;
  if (*known != 0 && !learned) {
    record.entry.model_id.value = *known;
    return {};
  }
  if (!record.entry.model_id) record.entry.model_id.value = largest_model_id + record.entry.version_id.value;
  const auto known_model = number(connection, select_model, record.entry.model_id.value);
  if (!known_model) return fail(known_model.error());
  if (*known_model == 0) {
    if (auto done = put_model(connection, record); !done) return done;
  }
  return put_version(connection, record);
}

Status put_document_once(Connection& connection, const WholeEntry& whole) {
  if (whole.document.gzip.empty()) return {};
  const auto known = number(connection, select_has_document, whole.entry.version_id.value);
  if (!known) return fail(known.error());
  return *known != 0 ? Status{} : put_document(connection, whole.entry.version_id, whole.document);
}

Status put_placement(Connection& connection, const WholeEntry& whole) {
  const LibraryEntry& entry = whole.entry;
  if (!whole.presence) return want_placement(connection, entry.file_id, entry.path);
  const WholeEntry::Presence& presence = *whole.presence;
  const DownloadedRecord record{entry.file_id, entry.path, presence.size, presence.computed, presence.proof};
  if (auto done = fill_placement(connection, record, presence.verified_at); !done) return done;
  const auto done = connection.run(forget_verification, {entry.file_id.value});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace

Status each_whole_entry(Connection& connection, const TransferDesk::Visit& visit) {
  auto query = connection.query(select_whole_entries);
  if (!query) return fail(query.error());
  VersionId before;
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return {};
    const WholeEntry whole = whole_entry_of(*query);
    std::string document;
    if (whole.entry.version_id != before) {
      auto kept = get_document(connection, whole.entry.version_id);
      if (!kept) return fail(kept.error());
      document = std::move(*kept).value_or("");
      before = whole.entry.version_id;
    }
    if (auto done = visit(whole, document); !done) return done;
  }
}

Status put_whole_entry(Connection& connection, const WholeEntry& whole, TakenOver& taken) {
  FileRecord record{
      .entry = whole.entry, .tags = whole.tags, .trained_words = whole.trained_words, .version_document = {}};
  const LibraryEntry& entry = record.entry;
  const auto known = known_status(connection, entry.file_id);
  if (!known) return fail(known.error());
  if (*known && (**known == EntryStatus::downloaded || entry.status != EntryStatus::downloaded)) {
    ++taken.kept;
    return {};
  }
  if (auto done = put_model_and_version(connection, record); !done) return done;
  if (auto done = put_document_once(connection, whole); !done) return done;
  const auto status = put_file(connection, entry, entry.updated_at);
  if (!status) return fail(status.error());
  const auto updated = connection.run(update_file, {entry.file_id.value, to_string(entry.status), entry.error,
                                                    column_of(whole.added_at), column_of(entry.updated_at)});
  if (!updated) return fail(updated.error());
  ++(*known ? taken.completed : taken.added);
  if (auto done = put_placement(connection, whole); !done) return done;
  // A file that is wanted here, or was taken away here, stays so.
  return whole.deleted_at && !*known ? put_deletion(connection, entry.file_id, *whole.deleted_at) : Status{};
}

}  // namespace civitai::store
