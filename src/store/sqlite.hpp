// SQLite with our manners: owned handles, typed values, errors as values. Internal to the store.
//
// A Connection prepares each statement once and keeps it, by its text. Errors name the database file and what can be
// done. Nothing here is safe to use from several threads at once.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace civitai::store {

using Path = std::filesystem::path;

// Bytes, where a plain string_view would be text.
struct Blob {
  explicit Blob(std::string_view content) : bytes(content) {}
  std::string_view bytes;
};

// What a statement's parameter can be; monostate is NULL. Texts and blobs are borrowed until the statement is done.
using Value = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

class Connection;

// A prepared statement on loan: reset when it goes out of scope. Must not outlive its connection.
class Query {
 public:
  // True when a row is there to be read, false at the end.
  [[nodiscard]] Result<bool> next();

  // Columns of the current row, counted from 0. NULL reads as 0 and as empty text. Views hold until the next `next`.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

 private:
  friend class Connection;
  struct Reset {
    void operator()(sqlite3_stmt* statement) const;
  };
  Query(Connection& connection, sqlite3_stmt* statement) : connection_(&connection), statement_(statement) {}

  Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Reset> statement_;
};

class Connection {
 public:
  // `create`: made when missing. `existing`: not made; where it is write-protected, it can still be read. `immutable`:
  // read without any lock or helper file; only for a file that nobody can be writing.
  enum class Access { create, existing, immutable };

  // Nothing of the file is read yet.
  [[nodiscard]] static Result<Connection> open(const Path& database, Access access);

  // How long a call waits for another process before it fails as locked.
  void set_busy_timeout(Milliseconds timeout);

  [[nodiscard]] Result<Query> query(std::string_view sql, std::initializer_list<Value> values = {});
  // Runs a statement to its end; the number of rows it inserted, changed or deleted.
  [[nodiscard]] Result<std::int64_t> run(std::string_view sql, std::initializer_list<Value> values = {});
  // Runs one or several statements that are not kept.
  [[nodiscard]] Status execute(const std::string& sql);

  // Rows that the last statement inserted, changed or deleted itself.
  [[nodiscard]] std::int64_t changes() const;
  // Lets go of every kept statement; none may be in use.
  void forget_statements() { statements_.clear(); }

  // Copies the database, as it is at one moment, into `target`, which must be a new or empty file. Others may go on
  // reading and writing. On failure `target` is of no use.
  [[nodiscard]] Status copy_to(const Path& target);

  [[nodiscard]] const Path& path() const { return path_; }
  [[nodiscard]] bool in_transaction() const;
  // The file is write-protected, whatever was asked for.
  [[nodiscard]] bool readonly() const;
  // Whether the most recent failure was another process's lock.
  [[nodiscard]] bool failed_locked() const;
  // Whether the most recent failure was that the file is damaged, or no database.
  [[nodiscard]] bool failed_damaged() const;
  // Whether the most recent failure was that a file beside the database was needed and could not be made.
  [[nodiscard]] bool failed_to_make_files() const;

 private:
  friend class Query;
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  Connection(Path path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  [[nodiscard]] Result<sqlite3_stmt*> prepared(std::string_view sql);
  [[nodiscard]] Error last_error();

  int last_failure_ = 0;
  Path path_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

// A transaction that is rolled back unless committed.
class [[nodiscard]] Transaction {
 public:
  // `write` takes the write lock at once, so that what is read inside stays true until the commit.
  enum class Kind { read, write };
  [[nodiscard]] static Result<Transaction> begin(Connection& connection, Kind kind);

  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  [[nodiscard]] Status commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace civitai::store
