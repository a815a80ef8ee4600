#include "store/tables.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view upsert_model = R"sql(
INSERT INTO models (id, name, type, creator, tags) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (id) DO UPDATE SET
  name    = coalesce(nullif(excluded.name, ''), name),
  type    = coalesce(nullif(excluded.type, ''), type),
  creator = coalesce(nullif(excluded.creator, ''), creator),
  tags    = coalesce(nullif(excluded.tags, ''), tags)
)sql";

}  // namespace

Status put_model(Connection& connection, const FileRecord& record) {
  const LibraryEntry& entry = record.entry;
  const auto done = connection.run(upsert_model, {entry.model_id.value, entry.model_name, entry.model_type,
                                                  entry.creator, one_per_line(record.tags)});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace civitai::store
