#include "store/tables.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view upsert_version = R"sql(
INSERT INTO versions (id, model_id, name, base_model, trained_words) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (id) DO UPDATE SET
  model_id      = excluded.model_id,
  name          = coalesce(nullif(excluded.name, ''), name),
  base_model    = coalesce(nullif(excluded.base_model, ''), base_model),
  trained_words = coalesce(nullif(excluded.trained_words, ''), trained_words)
)sql";

}  // namespace

Status put_version(Connection& connection, const FileRecord& record) {
  const LibraryEntry& entry = record.entry;
  const auto done = connection.run(upsert_version, {entry.version_id.value, entry.model_id.value, entry.version_name,
                                                    entry.base_model, one_per_line(record.trained_words)});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace civitai::store
