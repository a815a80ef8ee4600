#include "store/tables.hpp"
#include "store/words.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view select_entry = "SELECT * FROM entries WHERE file_id = ?1";

constexpr std::string_view select_entries =
    "SELECT * FROM entries ORDER BY model_name COLLATE NOCASE, version_id, file_id";

constexpr std::string_view select_matching_entries =
    "SELECT * FROM entries "
    "WHERE contains_words(?1, model_name, version_name, file_name, creator, tags, trained_words) "
    "ORDER BY model_name COLLATE NOCASE, version_id, file_id";

// The columns of the view `entries`, in its order.
enum Column {
  status,
  model_id,
  model_name,
  model_type,
  creator,
  version_id,
  version_name,
  base_model,
  file_id,
  file_name,
  file_type,
  size,
  path,
  error,
  updated_at,
  sha256,
  blake3,
  autov2,
  autov3,
  crc32,
  autov1,
};

Hashes hashes_of(const Query& row) {
  Hashes hashes;
  hashes.set(HashKind::sha256, row.text(sha256));
  hashes.set(HashKind::blake3, row.text(blake3));
  hashes.set(HashKind::autov2, row.text(autov2));
  hashes.set(HashKind::autov3, row.text(autov3));
  hashes.set(HashKind::crc32, row.text(crc32));
  hashes.set(HashKind::autov1, row.text(autov1));
  return hashes;
}

LibraryEntry entry_of(const Query& row) {
  return {
      .status = entry_status_from(row.text(status)).value_or(EntryStatus::error),
      .model_id = {row.integer(model_id)},
      .model_name = std::string(row.text(model_name)),
      .model_type = std::string(row.text(model_type)),
      .creator = std::string(row.text(creator)),
      .version_id = {row.integer(version_id)},
      .version_name = std::string(row.text(version_name)),
      .base_model = std::string(row.text(base_model)),
      .file_id = {row.integer(file_id)},
      .file_name = std::string(row.text(file_name)),
      .file_type = std::string(row.text(file_type)),
      .size = {static_cast<std::uint64_t>(row.integer(size))},
      .hashes = hashes_of(row),
      .path = std::string(row.text(path)),
      .error = std::string(row.text(error)),
      .updated_at = SystemTime(Milliseconds(row.integer(updated_at))),
  };
}

Result<std::vector<LibraryEntry>> collect(Result<Query> query) {
  if (!query) return fail(query.error());
  std::vector<LibraryEntry> entries;
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return entries;
    entries.push_back(entry_of(*query));
  }
}

}  // namespace

Status add_entry_functions(Connection& connection) {
  return connection.add_predicate("contains_words", contains_words);
}

Result<std::optional<LibraryEntry>> find_entry(Connection& connection, FileId file) {
  auto query = connection.query(select_entry, {file.value});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return entry_of(*query);
}

Result<std::vector<LibraryEntry>> all_entries(Connection& connection) {
  return collect(connection.query(select_entries));
}

Result<std::vector<LibraryEntry>> search_entries(Connection& connection, std::string_view query) {
  const std::string words = word_lines(query);
  return collect(connection.query(select_matching_entries, {words}));
}

}  // namespace civitai::store
