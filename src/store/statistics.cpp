#include "store/tables.hpp"

namespace civitai::store {
namespace {

constexpr std::string_view select_totals = R"sql(
SELECT (SELECT count(*) FROM models), (SELECT count(*) FROM versions),
       (SELECT count(DISTINCT creator) FROM models WHERE creator <> ''),
       count(*), coalesce(sum(size) FILTER (WHERE status = 'Downloaded'), 0)
FROM entries
)sql";

constexpr std::string_view select_statuses = R"sql(
SELECT status, count(*), coalesce(sum(size) FILTER (WHERE status = 'Downloaded'), 0) AS bytes
FROM entries GROUP BY status ORDER BY count(*) DESC, status
)sql";
constexpr std::string_view select_types = R"sql(
SELECT model_type, count(*), coalesce(sum(size) FILTER (WHERE status = 'Downloaded'), 0) AS bytes
FROM entries GROUP BY model_type ORDER BY bytes DESC, model_type
)sql";
constexpr std::string_view select_base_models = R"sql(
SELECT base_model, count(*), coalesce(sum(size) FILTER (WHERE status = 'Downloaded'), 0) AS bytes
FROM entries GROUP BY base_model ORDER BY bytes DESC, base_model
)sql";

// A hash computed here goes before a published one: it is about the bytes that lie here.
constexpr std::string_view select_duplicates = R"sql(
WITH present AS (
  SELECT coalesce(p.sha256, f.sha256, p.blake3, f.blake3) AS hash, p.size, p.path
  FROM placements AS p JOIN kept_files AS f ON f.id = p.file_id
  WHERE p.state = 'Present' AND f.status = 'Downloaded'
), twice AS (
  SELECT hash FROM present WHERE hash IS NOT NULL GROUP BY hash HAVING count(DISTINCT path) > 1
)
SELECT DISTINCT hash, size, path FROM present WHERE hash IN (SELECT hash FROM twice) ORDER BY size DESC, hash, path
)sql";

// Calls `take(row)` for every row.
template <class Take>
Status read_all(Result<Query> query, Take&& take) {
  if (!query) return fail(query.error());
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return {};
    take(*query);
  }
}

ByteCount bytes_at(const Query& row, int column) { return {static_cast<std::uint64_t>(row.integer(column))}; }

Status read_groups(Connection& connection, std::string_view sql, std::vector<Statistics::Group>& groups) {
  return read_all(connection.query(sql), [&](const Query& row) {
    groups.push_back({std::string(row.text(0)), row.integer(1), bytes_at(row, 2)});
  });
}

void add_duplicate(std::vector<Statistics::Duplicate>& duplicates, const Query& row) {
  const bool next = duplicates.empty() || duplicates.back().sha256_or_blake3 != row.text(0);
  if (next) duplicates.push_back({std::string(row.text(0)), bytes_at(row, 1), {}});
  duplicates.back().paths.emplace_back(row.text(2));
}

}  // namespace

Result<Statistics> library_statistics(Connection& connection) {
  // One transaction, so that the sums agree with each other.
  const auto transaction = Transaction::begin(connection, Transaction::Kind::read);
  if (!transaction) return fail(transaction.error());
  Statistics statistics;
  auto done = read_all(connection.query(select_totals), [&](const Query& row) {
    statistics.models = row.integer(0);
    statistics.versions = row.integer(1);
    statistics.creators = row.integer(2);
    statistics.files = row.integer(3);
    statistics.bytes = bytes_at(row, 4);
  });
  if (done) done = read_groups(connection, select_statuses, statistics.statuses);
  if (done) done = read_groups(connection, select_types, statistics.types);
  if (done) done = read_groups(connection, select_base_models, statistics.base_models);
  if (done) {
    done = read_all(connection.query(select_duplicates),
                    [&](const Query& row) { add_duplicate(statistics.duplicates, row); });
  }
  if (!done) return fail(done.error());
  return statistics;
}

}  // namespace civitai::store
