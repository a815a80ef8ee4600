#include "store/tables.hpp"
#include "store/whole_entries.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view select_entry = "SELECT * FROM entries WHERE file_id = ?1";

constexpr std::string_view select_entries =
    "SELECT * FROM entries ORDER BY model_name COLLATE NOCASE, version_id, file_id";

// ?1 to ?4: JSON lists, empty ones demand nothing; ?5: the order's word.
constexpr std::string_view select_filtered_entries = R"sql(
SELECT * FROM entries
WHERE (?1 = '' OR status IN (SELECT value FROM json_each(?1, '$.values')))
  AND (?2 = '' OR lower(model_type) IN (SELECT lower(value) FROM json_each(?2, '$.values')))
  AND (?3 = '' OR lower(base_model) IN (SELECT lower(value) FROM json_each(?3, '$.values')))
  AND (?4 = '' OR lower(creator) IN (SELECT lower(value) FROM json_each(?4, '$.values')))
ORDER BY CASE ?5 WHEN 'size' THEN -size WHEN 'updated' THEN -updated_at END,
         CASE ?5 WHEN 'type' THEN model_type WHEN 'base_model' THEN base_model WHEN 'creator' THEN creator
                 WHEN 'status' THEN status WHEN 'path' THEN path END COLLATE NOCASE,
         model_name COLLATE NOCASE, version_id, file_id
)sql";

constexpr std::string_view select_taken =
    "SELECT 1 FROM placements AS p JOIN files AS f ON f.id = p.file_id "
    "WHERE p.path = ?1 AND p.is_current = 1 AND f.status = 'Downloaded' AND f.id <> ?2";

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
  sha256,  // the other hashes behind it
};

// 0 for one that stands in for an unknown one.
ModelId known_model(std::int64_t id) { return {id > largest_model_id ? 0 : id}; }

LibraryEntry entry_of(const Query& row) {
  return {
      .status = entry_status_from(row.text(status)).value_or(EntryStatus::error),
      .model_id = known_model(row.integer(model_id)),
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
      .hashes = hashes_at(row, sha256),
      .path = std::string(row.text(path)),
      .error = std::string(row.text(error)),
      .updated_at = SystemTime(Milliseconds(row.integer(updated_at))),
  };
}

Status visit_all(Result<Query> query, const LibraryView::Visit& visit) {
  if (!query) return fail(query.error());
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return {};
    visit(entry_of(*query));
  }
}

std::string_view word_of(EntryOrder order) {
  switch (order) {
    case EntryOrder::name: return "name";
    case EntryOrder::size: return "size";
    case EntryOrder::updated: return "updated";
    case EntryOrder::type: return "type";
    case EntryOrder::base_model: return "base_model";
    case EntryOrder::creator: return "creator";
    case EntryOrder::status: return "status";
    case EntryOrder::path: return "path";
  }
  return "name";
}

std::string list_or_empty(const std::vector<std::string>& texts) { return texts.empty() ? "" : list_value(texts); }

}  // namespace

Result<std::optional<LibraryEntry>> find_entry(Connection& connection, FileId file) {
  auto query = connection.query(select_entry, {file.value});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return entry_of(*query);
}

Result<bool> is_place_taken(Connection& connection, std::string_view path, FileId file) {
  auto query = connection.query(select_taken, {path, file.value});
  if (!query) return fail(query.error());
  return query->next();
}

Result<std::vector<LibraryEntry>> all_entries(Connection& connection) {
  std::vector<LibraryEntry> entries;
  auto listed =
      visit_all(connection.query(select_entries), [&](const LibraryEntry& entry) { entries.push_back(entry); });
  if (!listed) return fail(listed.error());
  return entries;
}

Status list_entries(Connection& connection, const EntryFilter& filter, EntryOrder order,
                    const LibraryView::Visit& visit) {
  std::vector<std::string> statuses;
  statuses.reserve(filter.statuses.size());
  for (const EntryStatus status : filter.statuses) statuses.emplace_back(to_string(status));
  const std::string status_list = list_or_empty(statuses);
  const std::string types = list_or_empty(filter.types);
  const std::string base_models = list_or_empty(filter.base_models);
  const std::string creators = list_or_empty(filter.creators);
  return visit_all(
      connection.query(select_filtered_entries, {status_list, types, base_models, creators, word_of(order)}), visit);
}

}  // namespace civitai::store
