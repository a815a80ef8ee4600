#include "base/format.hpp"
#include "store/gzip.hpp"
#include "store/tables.hpp"

namespace civitai::store {
namespace {

// The several files of a version bring the same document along: only a different one is written.
constexpr std::string_view upsert_document = R"sql(
INSERT INTO version_documents (version_id, json_gzip) VALUES (?1, ?2)
ON CONFLICT (version_id) DO UPDATE SET json_gzip = excluded.json_gzip WHERE json_gzip <> excluded.json_gzip
)sql";

constexpr std::string_view select_document = "SELECT json_gzip FROM version_documents WHERE version_id = ?1";

}  // namespace

Status put_document(Connection& connection, VersionId version, const RawDocument& document) {
  if (document.gzip.empty()) return {};
  const auto done = connection.run(upsert_document, {version.value, Blob(document.gzip)});
  if (!done) return fail(done.error());
  return {};
}

Result<std::optional<std::string>> get_document(Connection& connection, VersionId version) {
  auto query = connection.query(select_document, {version.value});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  auto text = decompress(query->blob(0), largest_version_document);
  if (!text) return fail(text, format("document of version {}", version.value));
  return std::move(*text);
}

}  // namespace civitai::store
