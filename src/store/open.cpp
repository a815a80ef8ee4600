#include "store/open.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include "store/backup.hpp"
#include "store/bitcask.hpp"
#include "store/migrations.hpp"
#include "store/search_index.hpp"

#include <array>
#include <chrono>
#include <system_error>
#include <thread>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view select_journal_mode = "PRAGMA journal_mode";
constexpr std::string_view use_wal = "PRAGMA journal_mode = WAL";

std::string shown(const Path& path) { return printable(path.native()); }

Error not_a_file(const Path& database, fs::file_type type) {
  if (type != fs::file_type::directory) {
    return Error{ErrorKind::usage, format("{} is not a regular file", shown(database)),
                 "let DatabasePath name the library's database file"};
  }
  return Error{ErrorKind::usage, format("{} is a directory, but the library is one file", shown(database)),
               "let DatabasePath name a file"};
}

// Whether there is something to open; makes the folders above it where something shall be created.
Status prepare_path(const Path& database, Library::Mode mode) {
  std::error_code code;
  const fs::file_status status = fs::status(database, code);
  if (fs::is_regular_file(status)) return {};
  if (fs::exists(status)) return fail(not_a_file(database, status.type()));
  if (status.type() != fs::file_type::not_found) {
    return fail(system_error(code.value(), format("library {}", shown(database))));
  }
  if (mode == Library::Mode::read_only) {
    return fail(ErrorKind::not_found, format("there is no library at {}", shown(database)));
  }
  os::RealFileSystem files;
  return os::make_directories(files, database.parent_path());
}

// An empty or upgradable database becomes ours only by being opened for writing.
Status check_readable(const Connection& connection, int number) {
  const int known = migrations().back().number;
  if (number == 0) return fail(ErrorKind::not_found, format("the library {} is empty", shown(connection.path())));
  if (number > known) return fail(newer_schema(connection.path(), number, known));
  if (number == known) return {};
  return fail(ErrorKind::usage,
              format("library {} was written by an older version of this program", shown(connection.path())),
              "run any command that writes to it once, to bring it up to date");
}

// A library in WAL mode needs helper files beside it even to be read. Where they cannot be made (a read-only file
// system) and none is there, nobody is writing, and the file can be read by itself.
Result<Connection> open_without_helpers(const Path& database) {
  auto connection = Connection::open(database, Connection::Access::immutable);
  if (!connection) return connection;
  const Result<int> number = schema_number(*connection);
  if (!number) return fail(number.error());
  if (auto fit = check_readable(*connection, *number); !fit) return fail(fit.error());
  return connection;
}

// The file says so in its header.
bool is_in_wal_mode(const Path& database) {
  constexpr std::uint64_t at = 18;
  os::RealFileSystem files;
  const auto file = files.open(database, os::OpenMode::read);
  std::array<std::byte, 1> version{};
  const auto got = file ? os::read_at(*file, database, at, version) : Result<std::size_t>(0);
  return got && *got == 1 && version[0] == std::byte{2};
}

// A library that was made elsewhere: without sharing its memory WAL can be read by one process alone.
bool is_stranded(const Path& database, const Surroundings& surroundings) {
  return surroundings.is_shared(database) && is_in_wal_mode(database);
}

// On a full disk the helper files cannot grow. Whoever has the database alone needs none of them, not even where a log
// is left to be read.
Result<Connection> open_alone(const Path& database) {
  auto connection = Connection::open(database, Connection::Access::existing);
  if (!connection) return connection;
  connection->set_busy_timeout(busy_timeout);
  if (auto set = connection->execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON"); !set) {
    return fail(set.error());
  }
  const Result<int> number = schema_number(*connection);
  if (!number) return fail(number.error());
  if (auto fit = check_readable(*connection, *number); !fit) return fail(fit.error());
  return connection;
}

Result<Connection> open_among_others(const Path& database, const Surroundings& surroundings) {
  auto connection = Connection::open(database, Connection::Access::existing);
  if (!connection) return connection;
  connection->set_busy_timeout(busy_timeout);
  if (is_stranded(database, surroundings)) {
    if (auto alone = connection->execute("PRAGMA locking_mode = EXCLUSIVE"); !alone) return fail(alone.error());
  }
  if (auto only = connection->execute("PRAGMA query_only = ON"); !only) return fail(only.error());
  const Result<int> number = schema_number(*connection);
  if (!number) {
    std::error_code ignored;
    const bool helpers = fs::exists(Path(database) += "-wal", ignored);
    if (connection->failed_to_make_files() && !helpers) return open_without_helpers(database);
    return fail(number.error());
  }
  if (auto fit = check_readable(*connection, *number); !fit) return fail(fit.error());
  return connection;
}

Result<Connection> open_for_reading(const Path& database, const Surroundings& surroundings) {
  auto connection = open_among_others(database, surroundings);
  const bool full = !connection && connection.error().kind == ErrorKind::disk_full;
  return full ? open_alone(database) : std::move(connection);
}

Result<std::string> text_of(Connection& connection, std::string_view sql) {
  auto query = connection.query(sql);
  if (!query) return fail(query.error());
  if (const Result<bool> row = query->next(); !row) return fail(row.error());
  return std::string(query->text(0));
}

// Switches a new database to WAL. Others who open it in the same moment hold it only briefly, but SQLite does not wait
// for them here in every case.
Status switch_to_wal(Connection& connection) {
  const auto deadline = std::chrono::steady_clock::now() + busy_timeout;
  for (;;) {
    const Result<std::string> mode = text_of(connection, use_wal);
    if (mode) return {};
    if (!connection.failed_locked() || std::chrono::steady_clock::now() > deadline) return fail(mode.error());
    std::this_thread::sleep_for(Milliseconds(5));
  }
}

// Where the file system lacks what WAL needs (shared memory), that shows only when it is used.
bool usable(Connection& connection) {
  const auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  return transaction.has_value() || connection.failed_locked();
}

// Back to the rollback journal, without touching the shared memory that does not work.
Status leave_wal(const Path& database) {
  auto connection = Connection::open(database, Connection::Access::create);
  if (!connection) return fail(connection.error());
  connection->set_busy_timeout(busy_timeout);
  return connection->execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE");
}

// The journal of a database is chosen once, while it is empty: switching later would pull it away under others.
Status choose_journal(const Path& database, const Surroundings& surroundings) {
  if (surroundings.is_shared(database)) return {};
  {
    auto connection = Connection::open(database, Connection::Access::create);
    if (!connection) return fail(connection.error());
    connection->set_busy_timeout(busy_timeout);
    if (!switch_to_wal(*connection) || usable(*connection)) return {};
  }
  return leave_wal(database);
}

// After the first transaction, since only that shows which journal the file has by now.
Status set_up(Connection& connection) {
  if (auto done = connection.execute("PRAGMA foreign_keys = ON"); !done) return done;
  const Result<std::string> journal = text_of(connection, select_journal_mode);
  if (!journal) return fail(journal.error());
  // Both make a commit survive a power cut; a rollback journal needs EXTRA for that. The limit is what a long log is
  // cut back to, in bytes.
  return connection.execute(*journal == "wal" ? "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216"
                                              : "PRAGMA synchronous = EXTRA");
}

// One without a file in it, as it is for a moment when it is made, has nothing to lose.
Result<bool> holds_files(Connection& connection) {
  auto query = connection.query("SELECT 1 FROM files LIMIT 1");
  if (!query) return fail(query.error());
  return query->next();
}

Status bring_up_to_date(Connection& connection, int number) {
  const bool older = number > 0 && number < migrations().back().number;
  const Result<bool> worth_a_copy = older ? holds_files(connection) : Result<bool>(false);
  if (!worth_a_copy) return fail(worth_a_copy.error());
  if (*worth_a_copy) {
    const Path copy = copy_before_migration(connection.path(), number);
    if (auto kept = back_up(connection, copy, os::FileSystem::Replace::yes); !kept) {
      return fail(kept, "the library is not brought up to date, because it cannot be copied first");
    }
  }
  return migrate(connection, migrations());
}

// What another program, or a migration, has changed.
Status catch_up_search(Connection& connection) {
  const Result<bool> behind = search_index_is_behind(connection);
  if (!behind) return fail(behind.error());
  if (!*behind) return {};
  auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  if (auto done = update_search_index(connection); !done) return done;
  return transaction->commit();
}

Error write_protected(const Path& database) {
  return Error{ErrorKind::io, format("library {} is write-protected", shown(database)),
               "check owner and mode of the file and of its folder"};
}

Result<Connection> open_for_writing(const Path& database, const Surroundings& surroundings) {
  if (is_stranded(database, surroundings)) {
    if (auto left = leave_wal(database); !left) return fail(left.error());
  }
  auto connection = Connection::open(database, Connection::Access::create);
  if (!connection) return connection;
  connection->set_busy_timeout(busy_timeout);
  const Result<int> number = schema_number(*connection);
  if (!number) {
    // In WAL mode not even the version can be read without files beside it.
    const bool no_room = connection->readonly() && connection->failed_to_make_files();
    return fail(no_room ? write_protected(database) : number.error());
  }
  if (*number == 0) {
    if (auto chosen = choose_journal(database, surroundings); !chosen) return fail(chosen.error());
  }
  if (connection->readonly()) return fail(write_protected(database));
  if (auto current = bring_up_to_date(*connection, *number); !current) return fail(current.error());
  if (auto ready = set_up(*connection); !ready) return fail(ready.error());
  if (auto caught_up = catch_up_search(*connection); !caught_up) return fail(caught_up.error());
  return connection;
}

}  // namespace

Path library_file(const Path& named) {
  if (!is_bitcask(named)) return named;
  // A path that ends with '/' names the directory just the same.
  Path file = named.has_filename() ? named : named.parent_path();
  return file += ".sqlite";
}

Result<Connection> open_database(const Path& database, Library::Mode mode, const Surroundings& surroundings) {
  std::error_code code;
  // An absolute path is never one of SQLite's special names.
  const Path absolute = library_file(fs::absolute(database, code));
  if (code || database.empty()) return fail(ErrorKind::usage, "the library needs a path");
  if (auto prepared = prepare_path(absolute, mode); !prepared) return fail(prepared.error());
  return mode == Library::Mode::read_only ? open_for_reading(absolute, surroundings)
                                          : open_for_writing(absolute, surroundings);
}

Status update_older(const Path& named) {
  const Path database = library_file(named);
  std::error_code code;
  if (!fs::is_regular_file(database, code)) return {};
  {
    auto connection = Connection::open(fs::absolute(database, code), Connection::Access::existing);
    if (!connection || connection->readonly()) return {};
    connection->set_busy_timeout(busy_timeout);
    const Result<int> number = schema_number(*connection);
    if (!number || *number == 0 || *number >= migrations().back().number) return {};
  }
  const auto updated = open_database(database, Library::Mode::read_write);
  return updated ? Status{} : fail(updated.error());
}

}  // namespace civitai::store
