#include "store/tables.hpp"
#include "store/whole_entries.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view select_source = "SELECT state FROM import_sources WHERE path = ?1";
constexpr std::string_view upsert_source =
    "INSERT OR REPLACE INTO import_sources (path, state, at) VALUES (?1, ?2, ?3)";

constexpr std::string_view imported = "Imported";
constexpr std::string_view declined = "Declined";

}  // namespace

Result<std::optional<SourceState>> find_source(Connection& connection, std::string_view path) {
  auto query = connection.query(select_source, {path});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return query->text(0) == imported ? SourceState::imported : SourceState::declined;
}

Status put_source(Connection& connection, std::string_view path, SourceState state, SystemTime now) {
  const auto done =
      connection.run(upsert_source, {path, state == SourceState::imported ? imported : declined, column_of(now)});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace civitai::store
