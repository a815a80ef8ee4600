#include "store/salvage.hpp"

#include "base/format.hpp"
#include "base/scope_exit.hpp"
#include "base/text.hpp"
#include "store/gzip.hpp"
#include "store/tables.hpp"

#include <array>
#include <fstream>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

// Tables that hold facts; what is derived from them is made anew. Virtual tables and their shadows are derived.
constexpr std::string_view select_tables = R"sql(
SELECT t.name, group_concat('"' || c.name || '"'), t.wr
FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
  AND t.name NOT IN ('migrations', 'search_queue', 'search_texts')
  AND t.name IN (SELECT name FROM damaged.sqlite_schema)
  AND c.name IN (SELECT name FROM pragma_table_info(t.name, 'damaged'))
GROUP BY t.name
)sql";

struct TableShape {
  std::string name;
  std::string columns;
  bool has_rowid = true;  // else it can only be copied as a whole
};

// So many ranges may fail before a table is given up: a damaged page costs some hundreds.
constexpr int most_failures = 20'000;

class Salvage {
 public:
  explicit Salvage(Connection& target) : target_(target) {}

  Status run() {
    const auto tables = shapes();
    // Not even the list of tables can be read.
    if (!tables) return whole_ = false, Status{};
    for (const TableShape& table : *tables) {
      failures_ = 0;
      if (auto copied = copy(table, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
          !copied) {
        return copied;
      }
    }
    return {};
  }

  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::int64_t rows() const { return rows_; }

 private:
  Result<std::vector<TableShape>> shapes() {
    auto query = target_.query(select_tables);
    if (!query) return fail(query.error());
    std::vector<TableShape> tables;
    for (;;) {
      const Result<bool> row = query->next();
      if (!row) return fail(row.error());
      if (!*row) return tables;
      tables.push_back({std::string(query->text(0)), std::string(query->text(1)), query->integer(2) == 0});
    }
  }

  // A range that cannot be read is halved until what is wrong with it is alone. A statement that fails takes back what
  // it had copied.
  Status copy(const TableShape& table, std::int64_t first, std::int64_t last) {
    const std::string range =
        table.has_rowid ? format(" WHERE rowid >= {} AND rowid <= {}", number(first), last) : std::string();
    const Status done =
        target_.execute(format("INSERT OR REPLACE INTO main.\"{0}\" ({1}) SELECT {1} FROM damaged.\"{0}\"{2}",
                               table.name, table.columns, range));
    if (done) {
      rows_ += target_.changes();
      return {};
    }
    if (done.error().kind == ErrorKind::disk_full) return done;
    whole_ = false;
    if (!table.has_rowid || first == last || ++failures_ > most_failures) return {};
    const std::int64_t middle = first / 2 + last / 2 + (first % 2 + last % 2) / 2;
    const std::int64_t low_end = middle == last ? middle - 1 : middle;
    if (auto low = copy(table, first, low_end); !low) return low;
    return copy(table, low_end + 1, last);
  }

  // The least number is no literal of SQL.
  static std::string number(std::int64_t value) {
    return value == std::numeric_limits<std::int64_t>::min() ? "-9223372036854775807 - 1" : format("{}", value);
  }

  Connection& target_;
  bool whole_ = true;
  std::int64_t rows_ = 0;
  int failures_ = 0;
};

// SQLite refuses a database that is shorter than its header says, also the pages that are there. So it reads a copy
// that is lengthened with nothing; the source stays as it is.
class FullLength {
 public:
  FullLength(const Path& source, Path copy) : source_(source), copy_(std::move(copy)) {}
  FullLength(const FullLength&) = delete;
  FullLength& operator=(const FullLength&) = delete;
  ~FullLength() { remove(); }

  // What is to be read: the source itself unless something is cut off. A copy that cannot be made is an error.
  Result<Path> prepare() {
    const auto wanted = announced();
    std::error_code code;
    const std::uintmax_t length = fs::file_size(source_, code);
    if (!wanted || code || *wanted <= length) return source_;
    remove();
    for (const std::string_view ending : {"", "-wal"}) {
      const Path part = beside(source_, ending);
      if (!ending.empty() && !fs::exists(part, code)) continue;
      fs::copy_file(part, beside(copy_, ending), code);
      if (code) return fail(system_error(code.value(), format("cannot copy {} to read it", part.native())));
    }
    fs::resize_file(copy_, *wanted, code);
    if (!code) return copy_;
    // A length that no file can have was never the database's.
    if (code == std::errc::file_too_large || code == std::errc::invalid_argument) return source_;
    return fail(system_error(code.value(), format("cannot lengthen a copy of {} to read it", source_.native())));
  }

 private:
  static Path beside(const Path& database, std::string_view ending) { return Path(database) += std::string(ending); }

  // The length in bytes that the header tells: the size of a page at offset 16, their number at offset 28, big-endian
  // (sqlite.org/fileformat2.html).
  [[nodiscard]] std::optional<std::uintmax_t> announced() const {
    constexpr std::string_view magic = "SQLite format 3";
    std::array<char, 32> head{};
    std::ifstream file(source_, std::ios::binary);
    if (!file.read(head.data(), head.size()) || !std::string_view(head.data(), head.size()).starts_with(magic)) {
      return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t size) {
      std::uintmax_t value = 0;
      for (std::size_t i = at; i < at + size; ++i) value = value << 8U | static_cast<unsigned char>(head[i]);
      return value;
    };
    const std::uintmax_t page = number(16, 2) == 1 ? 65'536 : number(16, 2);
    return page * number(28, 4);
  }

  void remove() const {
    std::error_code ignored;
    for (const std::string_view ending : {"", "-wal", "-shm", "-journal"}) fs::remove(beside(copy_, ending), ignored);
  }

  const Path& source_;
  Path copy_;
};

constexpr const char* name_lost_models =
    "INSERT INTO models (id, name, type, creator, tags) "
    "SELECT DISTINCT model_id, '', '', '', '' FROM versions WHERE model_id NOT IN (SELECT id FROM models)";
constexpr std::string_view delete_lost_files = "DELETE FROM files WHERE version_id NOT IN (SELECT id FROM versions)";
constexpr const char* delete_lost_rows =
    "DELETE FROM placements WHERE file_id NOT IN (SELECT id FROM files);"
    "DELETE FROM version_documents WHERE version_id NOT IN (SELECT id FROM versions)";

// Whether the document in each row can be unpacked: where pages were missing, it may be whole to SQLite and hold zeros.
Status drop_torn(Connection& target, std::string_view select, std::string_view drop) {
  std::vector<std::int64_t> torn;
  {
    auto query = target.query(select);
    if (!query) return fail(query.error());
    for (;;) {
      const Result<bool> row = query->next();
      if (!row) return fail(row.error());
      if (!*row) break;
      if (!decompress(query->blob(1), largest_version_document)) torn.push_back(query->integer(0));
    }
  }
  for (const std::int64_t id : torn) {
    if (auto dropped = target.run(drop, {id}); !dropped) return fail(dropped.error());
  }
  return {};
}

}  // namespace

Status drop_torn_documents(Connection& target) {
  const Status versions = drop_torn(target, "SELECT version_id, json_gzip FROM version_documents",
                                    "DELETE FROM version_documents WHERE version_id = ?1");
  if (!versions) return versions;
  return drop_torn(target, "SELECT id, json_gzip FROM images WHERE json_gzip IS NOT NULL",
                   "UPDATE images SET json_gzip = NULL WHERE id = ?1");
}

Result<SalvageSource> salvage(Connection& target, const Path& source) {
  SalvageSource result{source, 0, false};
  FullLength full(source, Path(target.path()) += ".cut.tmp");
  const auto readable = full.prepare();
  if (!readable) return fail(readable.error());
  const std::string quoted = replace_all(readable->native(), "'", "''");
  const Status attached = target.execute(format("ATTACH DATABASE '{}' AS damaged", quoted));
  if (!attached) return result;
  const ScopeExit detach([&] { static_cast<void>(target.execute("DETACH DATABASE damaged")); });
  Salvage work(target);
  if (auto done = work.run(); !done) return fail(done.error());
  result.rows = work.rows();
  result.whole = work.whole() && *readable == source;
  // Statements that name the other database must be gone before it can be.
  target.forget_statements();
  return result;
}

Result<std::int64_t> settle_orphans(Connection& target) {
  if (auto named = target.execute(name_lost_models); !named) return fail(named.error());
  const auto files = target.run(delete_lost_files);
  if (!files) return fail(files.error());
  if (auto rest = target.execute(delete_lost_rows); !rest) return fail(rest.error());
  return *files;
}

}  // namespace civitai::store
