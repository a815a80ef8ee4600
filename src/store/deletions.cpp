#include "store/tables.hpp"

namespace civitai::store {
namespace {

// A file that this library never knew has nothing to be remembered by.
constexpr std::string_view insert_deletion = R"sql(
INSERT INTO deletions (file_id, deleted_at) SELECT id, ?2 FROM files WHERE id = ?1
ON CONFLICT (file_id) DO NOTHING
)sql";

constexpr std::string_view remove_deletion = "DELETE FROM deletions WHERE file_id = ?1";

constexpr std::string_view select_deletions = R"sql(
SELECT f.id, f.version_id, v.model_id, d.deleted_at
FROM deletions AS d JOIN files AS f ON f.id = d.file_id JOIN versions AS v ON v.id = f.version_id
ORDER BY f.id
)sql";

}  // namespace

Status put_deletion(Connection& connection, FileId file, SystemTime now) {
  const auto done = connection.run(insert_deletion, {file.value, column_of(now)});
  if (!done) return fail(done.error());
  return {};
}

Result<bool> drop_deletion(Connection& connection, FileId file) {
  const auto dropped = connection.run(remove_deletion, {file.value});
  if (!dropped) return fail(dropped.error());
  return *dropped > 0;
}

Result<std::vector<DeletedFile>> all_deletions(Connection& connection) {
  auto query = connection.query(select_deletions);
  if (!query) return fail(query.error());
  std::vector<DeletedFile> deleted;
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return deleted;
    deleted.push_back(
        {{query->integer(0)}, {query->integer(1)}, {query->integer(2)}, SystemTime(Milliseconds(query->integer(3)))});
  }
}

}  // namespace civitai::store
