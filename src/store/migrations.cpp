#include "store/migrations.hpp"

#include "base/clock.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "store/migrations/m0001_library.hpp"
#include "store/migrations/m0002_search.hpp"
#include "store/migrations/m0003_images.hpp"
#include "store/migrations/m0004_deletions.hpp"
#include "store/migrations/m0005_keeping.hpp"
#include "store/migrations/m0006_statistics.hpp"
#include "store/migrations/m0007_hash_cache.hpp"

#include <algorithm>
#include <array>

namespace civitai::store {
namespace {

constexpr std::array all_migrations = {
    Migration{1, "library", m0001_library},       Migration{2, "search", m0002_search},
    Migration{3, "images", m0003_images},         Migration{4, "deletions", m0004_deletions},
    Migration{5, "keeping", m0005_keeping},       Migration{6, "statistics", m0006_statistics},
    Migration{7, "hash_cache", m0007_hash_cache},
};

// "CVDL": what tells our databases from those of other programs; `file` shows it, too.
constexpr std::int64_t our_application_id = 0x4356444C;

constexpr std::string_view select_identity =
    "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), "
    "(SELECT count(*) FROM sqlite_schema)";

constexpr std::string_view select_last_migration = "SELECT max(number) FROM migrations";

constexpr std::string_view insert_migration = "INSERT INTO migrations (number, name, applied_at) VALUES (?1, ?2, ?3)";

Error foreign_database(const Path& path) {
  return Error{ErrorKind::usage,
               format("{} is a database, but not a library of this program", printable(path.native())),
               "it was left as it is; let DatabasePath name another file"};
}

// As schema_number, inside a transaction that the caller holds.
Result<int> number_inside(Connection& connection) {
  auto identity = connection.query(select_identity);
  if (!identity) return fail(identity.error());
  if (const auto row = identity->next(); !row) return fail(row.error());
  const std::int64_t application_id = identity->integer(0);
  const std::int64_t user_version = identity->integer(1);
  const std::int64_t tables = identity->integer(2);
  if (application_id == 0 && user_version == 0 && tables == 0) return 0;
  if (application_id != our_application_id) return fail(foreign_database(connection.path()));

  auto last = connection.query(select_last_migration);
  if (!last) return fail(last.error());
  if (const auto row = last->next(); !row) return fail(row.error());
  return static_cast<int>(std::max(last->integer(0), user_version));
}

Status apply(Connection& connection, const Migration& step) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  // Another process may have been quicker since we looked.
  const Result<int> number = number_inside(connection);
  if (!number) return fail(number.error());
  if (*number >= step.number) return transaction->commit();

  if (auto done = connection.execute(std::string(step.sql)); !done) return done;
  const std::int64_t now = RealClock().now().time_since_epoch().count();
  const auto noted = connection.run(insert_migration, {step.number, step.name, now});
  if (!noted) return fail(noted.error());
  auto marked = connection.execute(
      format("PRAGMA application_id = {}; PRAGMA user_version = {}", our_application_id, step.number));
  if (!marked) return marked;
  return transaction->commit();
}

}  // namespace

std::span<const Migration> migrations() { return all_migrations; }

Result<int> schema_number(Connection& connection) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::read);
  if (!transaction) return fail(transaction.error());
  return number_inside(connection);
}

Error newer_schema(const Path& path, int number, int known) {
  return Error{ErrorKind::usage,
               format("library {} was written by a newer version of this program (schema {}, known here: {})",
                      printable(path.native()), number, known),
               "update the program; the library was left as it is"};
}

Status migrate(Connection& connection, std::span<const Migration> steps) {
  const Result<int> number = schema_number(connection);
  if (!number) return fail(number.error());
  const int known = steps.empty() ? 0 : steps.back().number;
  if (*number > known) return fail(newer_schema(connection.path(), *number, known));
  for (const Migration& step : steps) {
    if (step.number <= *number) continue;
    if (auto applied = apply(connection, step); !applied) {
      return fail(applied, format("migration {} ({})", step.number, step.name));
    }
  }
  return {};
}

}  // namespace civitai::store
