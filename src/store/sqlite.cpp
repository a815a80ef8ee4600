#include "store/sqlite.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <sqlite3.h>

#include <new>

namespace civitai::store {
namespace {

// The address as SQLite's URI form wants it: everything but unreserved characters percent-encoded.
std::string immutable_uri(const Path& path) {
  std::string uri = "file:";
  for (const char c : path.native()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '.' || c == '-' || c == '_' || c == '~';
    if (plain) {
      uri += c;
    } else {
      uri += format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri + "?immutable=1";
}

int open_flags(Connection::Access access) {
  // One thread at a time is our promise, so SQLite's own mutexes are left out.
  constexpr int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (access) {
    case Connection::Access::create: return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Connection::Access::existing: return common | SQLITE_OPEN_READWRITE;
    case Connection::Access::immutable: return common | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return common | SQLITE_OPEN_READONLY;
}

// An operating system error behind a failed call, told with its reason where the system gave one.
Error system_trouble(const std::string& library, int system_code, const char* message) {
  if (system_code == 0) return Error{ErrorKind::io, format("{}: {}", library, message), {}};
  return system_error(system_code, library);
}

// `code` may be extended; `system_code` is errno of the failed call or 0.
Error error_of(const Path& path, int code, int system_code, const char* message) {
  const std::string library = format("library {}", printable(path.native()));
  switch (code & 0xff) {
    case SQLITE_NOMEM: throw std::bad_alloc();
    case SQLITE_FULL: return Error{ErrorKind::disk_full, format("{}: no space left on device", library), {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return Error{ErrorKind::busy, format("{} is locked by another process", library),
                   "wait until that process has finished, then try again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Error{ErrorKind::io, format("{} cannot be written: {}", library, message),
                   "check owner and mode of the file and of its folder"};
    case SQLITE_CORRUPT:
      return Error{ErrorKind::io, format("{} is damaged: {}", library, message),
                   "db repair makes a new library of what can still be read, of the last backup, and of the files "
                   "beside the models"};
    case SQLITE_NOTADB:
      return Error{
          ErrorKind::usage, format("{} is not a database, or its beginning is damaged", library),
          "it was left as it is; db repair makes a new library of a backup, or let DatabasePath name another file"};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR: return system_trouble(library, system_code, message);
    default: return Error{ErrorKind::internal, format("{}: {}", library, message), {}};
  }
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *integer);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    // A null pointer would bind NULL, so empty text points somewhere.
    return sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, index, blob->bytes.empty() ? "" : blob->bytes.data(), blob->bytes.size(),
                               SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, index);
}

std::string_view view_of(const void* data, int size) {
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

}  // namespace

void Query::Reset::operator()(sqlite3_stmt* statement) const {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

Result<bool> Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(connection_->last_error());
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Query::text(int column) const {
  const unsigned char* data = sqlite3_column_text(statement_.get(), column);
  return view_of(data, sqlite3_column_bytes(statement_.get(), column));
}

std::string_view Query::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  return view_of(data, sqlite3_column_bytes(statement_.get(), column));
}

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

void Connection::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Connection> Connection::open(const Path& database, Access access) {
  const std::string name = access == Access::immutable ? immutable_uri(database) : database.native();
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, open_flags(access), nullptr);
  if (handle == nullptr) throw std::bad_alloc();
  Connection connection(database, handle);
  if (code != SQLITE_OK) return fail(connection.last_error());
  // What a schema says about functions is not believed: the file may come from anywhere.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return connection;
}

void Connection::set_busy_timeout(Milliseconds timeout) {
  sqlite3_busy_timeout(handle_.get(), static_cast<int>(timeout.count()));
}

Result<sqlite3_stmt*> Connection::prepared(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) return known->second.get();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(last_error());
  return statements_.emplace(std::string(sql), Statement(statement)).first->second.get();
}

Result<Query> Connection::query(std::string_view sql, std::initializer_list<Value> values) {
  const Result<sqlite3_stmt*> statement = prepared(sql);
  if (!statement) return fail(statement.error());
  Query query(*this, *statement);
  int index = 0;
  for (const Value& value : values) {
    if (bind(*statement, ++index, value) != SQLITE_OK) return fail(last_error());
  }
  return query;
}

Result<std::int64_t> Connection::run(std::string_view sql, std::initializer_list<Value> values) {
  Result<Query> query = this->query(sql, values);
  if (!query) return fail(query.error());
  const std::int64_t before = sqlite3_total_changes64(handle_.get());
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return sqlite3_total_changes64(handle_.get()) - before;
  }
}

Status Connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return fail(last_error());
  return {};
}

Status Connection::copy_to(const Path& target) {
  auto copy = Connection::open(target, Access::create);
  if (!copy) return fail(copy.error());
  copy->set_busy_timeout(Milliseconds(10'000));
  sqlite3_backup* const backup = sqlite3_backup_init(copy->handle_.get(), "main", handle_.get(), "main");
  if (backup == nullptr) return fail(copy->last_error());
  const int code = sqlite3_backup_step(backup, -1);
  const int end = sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE) return {};
  // What went wrong with the source is not in the copy's own state.
  return fail(error_of(path_, code != SQLITE_OK ? code : end, 0, sqlite3_errstr(code)));
}

bool Connection::readonly() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

bool Connection::failed_locked() const {
  return last_failure_ == SQLITE_BUSY || last_failure_ == SQLITE_LOCKED || last_failure_ == SQLITE_PROTOCOL;
}

bool Connection::failed_damaged() const { return last_failure_ == SQLITE_CORRUPT || last_failure_ == SQLITE_NOTADB; }

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_.get()); }

bool Connection::failed_to_make_files() const {
  return last_failure_ == SQLITE_CANTOPEN || last_failure_ == SQLITE_READONLY;
}

Error Connection::last_error() {
  last_failure_ = sqlite3_errcode(handle_.get()) & 0xff;
  return error_of(path_, sqlite3_extended_errcode(handle_.get()), sqlite3_system_errno(handle_.get()),
                  sqlite3_errmsg(handle_.get()));
}

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
  const auto begun = connection.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
  if (!begun) return fail(begun.error());
  return Transaction(connection);
}

Transaction::~Transaction() {
  // After some failures (disk full, I/O error) SQLite has rolled back by itself.
  if (connection_ == nullptr || !connection_->in_transaction()) return;
  static_cast<void>(connection_->run("ROLLBACK"));
}

Status Transaction::commit() {
  const auto committed = connection_->run("COMMIT");
  if (!committed) return fail(committed.error());
  connection_ = nullptr;
  return {};
}

}  // namespace civitai::store
