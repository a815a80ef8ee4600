#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"
#include "os/file.hpp"
#include "store/seed_record.hpp"
#include "store/sqlite.hpp"

#include <cstdlib>
#include <system_error>
#include <utility>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

// The file of a version is the one marked as primary, or its only one; the original program does not say which it
// fetched.
constexpr std::string_view select_rows = R"sql(
SELECT m.version_id, m.model_id, m.model_name, m.model_type, m.version_name, coalesce(m.base_model, ''),
       coalesce(m.creator_username, ''), m.filename, m.folder, m.status, coalesce(m.error_details, ''), m.timestamp,
       coalesce(m.trained_words, ''), coalesce(f.id, 0), coalesce(f.name, ''), coalesce(f.type, ''),
       coalesce(f.size_kb, 0), coalesce(f.hash_autov2, ''), coalesce(f.hash_sha256, ''), coalesce(f.hash_crc32, ''),
       coalesce(f.hash_blake3, '')
FROM models AS m
LEFT JOIN files AS f ON f.id = coalesce(
  (SELECT max(id) FROM files WHERE version_id = m.version_id AND is_primary = 1),
  (SELECT max(id) FROM files WHERE version_id = m.version_id HAVING count(*) = 1))
ORDER BY m.version_id
)sql";

enum Column {
  version_id,
  model_id,
  model_name,
  model_type,
  version_name,
  base_model,
  creator,
  file_name,
  folder,
  status,
  error,
  timestamp,
  trained_words,
  file_id,
  site_name,
  file_type,
  size_kb,
  autov2,
  sha256,
  crc32,
  blake3,
};

constexpr std::string_view select_signature =
    "SELECT count(*) FROM pragma_table_info('models') WHERE name IN ('version_id', 'folder', 'filename')";
constexpr std::int64_t columns_of_signature = 3;

// Whatever stands in the write-ahead log can only be read by changing files beside the database: then a copy is read.
class Opened {
 public:
  static Result<Opened> open(const Path& database) {
    Opened opened;
    Path log = database;
    log += "-wal";
    std::error_code code;
    const bool has_log = fs::exists(log, code) && fs::file_size(log, code) > 0;
    if (!has_log) return opened.connect(database, Connection::Access::immutable);
    std::string name = (fs::temp_directory_path(code) / "civitai-import-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) return fail(system_error(errno, "cannot make a temporary folder"));
    opened.copy_ = name;
    const Path copy = opened.copy_ / "copy.db";
    fs::copy_file(database, copy, code);
    if (!code) fs::copy_file(log, Path(copy) += "-wal", code);
    if (code) return fail(system_error(code.value(), format("cannot copy {}", printable(database.native()))));
    return opened.connect(copy, Connection::Access::existing);
  }

  Opened(Opened&& other) noexcept : copy_(std::exchange(other.copy_, {})), connection_(std::move(other.connection_)) {}
  Opened& operator=(Opened&&) = delete;
  ~Opened() {
    connection_.reset();
    std::error_code ignored;
    if (!copy_.empty()) fs::remove_all(copy_, ignored);
  }

  Connection& connection() { return *connection_; }

 private:
  Opened() = default;

  Result<Opened> connect(const Path& path, Connection::Access access) {
    auto connection = Connection::open(path, access);
    if (!connection) return fail(connection.error());
    connection_ = std::make_unique<Connection>(std::move(*connection));
    return std::move(*this);
  }

  Path copy_;
  std::unique_ptr<Connection> connection_;
};

std::string text(const Query& row, Column column) { return std::string(row.text(column)); }

std::vector<std::string> words_from(std::string_view json) {
  std::vector<std::string> words;
  auto document = json::Document::parse(json);
  if (!document) return words;
  document->root().elements([&](json::Value element) {
    if (auto word = element.text()) words.push_back(std::move(*word));
  });
  return words;
}

SeedRecord record_of(const Query& row) {
  SeedRecord record;
  LibraryEntry& entry = record.entry;
  entry.status = entry_status_from(row.text(status)).value_or(EntryStatus::error);
  entry.model_id.value = row.integer(model_id);
  entry.model_name = text(row, model_name);
  entry.model_type = text(row, model_type);
  entry.creator = text(row, creator);
  entry.version_id.value = row.integer(version_id);
  entry.version_name = text(row, version_name);
  entry.base_model = text(row, base_model);
  entry.file_id.value = row.integer(file_id);
  entry.file_name = text(row, site_name);
  entry.file_type = text(row, file_type);
  entry.size = size_from_kilobytes(parse_double(row.text(size_kb)).value_or(0));
  entry.hashes.set(HashKind::autov2, row.text(autov2));
  entry.hashes.set(HashKind::sha256, row.text(sha256));
  entry.hashes.set(HashKind::crc32, row.text(crc32));
  entry.hashes.set(HashKind::blake3, row.text(blake3));
  if (entry.status == EntryStatus::error) entry.error = text(row, error);
  record.trained_words = words_from(row.text(trained_words));
  record.folder = text(row, folder);
  record.file_name = text(row, file_name);
  record.added_at = SystemTime(std::chrono::seconds(row.integer(timestamp)));
  entry.updated_at = record.added_at;
  return record;
}

}  // namespace

bool is_seed_sqlite(const Path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  auto opened = Opened::open(path);
  if (!opened) return false;
  auto query = opened->connection().query(select_signature);
  if (!query) return false;
  const Result<bool> row = query->next();
  return row && *row && query->integer(0) == columns_of_signature;
}

Status each_seed_row(const Path& database, const VisitSeedRecord& visit) {
  auto opened = Opened::open(database);
  if (!opened) return fail(opened.error());
  auto query = opened->connection().query(select_rows);
  if (!query) return fail(query.error());
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return {};
    if (auto done = visit(record_of(*query)); !done) return done;
  }
}

}  // namespace civitai::store
