#include "store/rebuild.hpp"

#include "base/clock.hpp"
#include "base/format.hpp"
#include "base/scope_exit.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "os/file.hpp"
#include "store/migrations.hpp"
#include "store/open.hpp"
#include "store/salvage.hpp"
#include "store/search_index.hpp"

#include <algorithm>
#include <system_error>

#include <unistd.h>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* const helper_endings[] = {"-wal", "-shm", "-journal"};

Path beside(const Path& database, std::string_view ending) { return Path(database) += std::string(ending); }

Result<bool> is_whole(Connection& connection) {
  auto query = connection.query("PRAGMA integrity_check(1)");
  if (!query) return connection.failed_damaged() ? Result<bool>(false) : fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return connection.failed_damaged() ? Result<bool>(false) : fail(row.error());
  return query->text(0) == "ok";
}

// The file that is being made; gone again unless it took its place.
class NewLibrary {
 public:
  explicit NewLibrary(const Path& database) : path_(beside(database, format(".{}.tmp", ::getpid()))) { remove(); }
  NewLibrary(const NewLibrary&) = delete;
  NewLibrary& operator=(const NewLibrary&) = delete;
  ~NewLibrary() { remove(); }

  [[nodiscard]] const Path& path() const { return path_; }

 private:
  void remove() {
    std::error_code ignored;
    fs::remove(path_, ignored);
    for (const char* const ending : helper_endings) fs::remove(beside(path_, ending), ignored);
  }

  Path path_;
};

Status take_from(const Path& source, Connection& target, Rebuilt& result) {
  std::error_code ignored;
  if (!fs::is_regular_file(source, ignored)) return {};
  auto taken = salvage(target, source);
  if (!taken) return fail(taken.error());
  result.sources.push_back(std::move(*taken));
  return {};
}

// Into a library that is made for it, with a connection that does not mind rows which refer to others not copied yet.
Status collect(const Path& database, std::span<const Path> copies, const Path& target, Rebuilt& result) {
  auto connection = open_database(target, Library::Mode::read_write);
  if (!connection) return fail(connection.error());
  if (auto relaxed = connection->execute("PRAGMA foreign_keys = OFF"); !relaxed) return relaxed;
  for (const Path& copy : copies) {
    if (auto taken = take_from(copy, *connection, result); !taken) return taken;
  }
  if (auto taken = take_from(database, *connection, result); !taken) return taken;
  if (auto dropped = drop_torn_documents(*connection); !dropped) return dropped;
  const auto orphans = settle_orphans(*connection);
  if (!orphans) return fail(orphans.error());
  result.orphans = *orphans;
  auto transaction = Transaction::begin(*connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  if (auto indexed = update_search_index(*connection); !indexed) return indexed;
  return transaction->commit();
}

// A second name for the file where the file system can do that, else a copy.
Status keep_as(const Path& file, const Path& kept) {
  if (::link(file.c_str(), kept.c_str()) == 0) return {};
  std::error_code code;
  fs::copy_file(file, kept, code);
  if (code) return fail(system_error(code.value(), format("cannot keep the damaged library as {}", kept.native())));
  return {};
}

// A log that belongs to the old file must not be taken for the new one's.
Status put_in_place(const Path& made, const Path& database, Rebuilt& result) {
  os::RealFileSystem files;
  std::error_code ignored;
  const std::string time = replace_all(to_iso8601(RealClock().now()).substr(0, 23), ":", "");
  const Path kept = beside(database, format(".damaged-{}", time));
  if (fs::is_regular_file(database, ignored)) {
    if (auto done = keep_as(database, kept); !done) return done;
    result.kept = kept;
  }
  for (const char* const ending : helper_endings) {
    const Path helper = beside(database, ending);
    if (!fs::exists(helper, ignored)) continue;
    if (auto moved = files.rename(helper, beside(kept, ending), os::FileSystem::Replace::yes); !moved) return moved;
  }
  if (auto placed = files.rename(made, database, os::FileSystem::Replace::yes); !placed) return placed;
  return files.flush_directory(database.parent_path());
}

}  // namespace

Result<Soundness> examine(const Path& database) {
  std::error_code code;
  if (!fs::exists(database, code)) return Soundness::absent;
  auto connection = Connection::open(fs::absolute(database, code), Connection::Access::existing);
  if (!connection) return fail(connection.error());
  connection->set_busy_timeout(busy_timeout);
  const Result<int> number = schema_number(*connection);
  if (!number) return connection->failed_damaged() ? Result<Soundness>(Soundness::damaged) : fail(number.error());
  const int known = migrations().back().number;
  if (*number > known) return fail(newer_schema(database, *number, known));
  // What a crash of the file system leaves of a file may be nothing.
  if (*number == 0) return Soundness::absent;
  const auto whole = is_whole(*connection);
  if (!whole) return fail(whole.error());
  return *whole ? Soundness::sound : Soundness::damaged;
}

std::vector<Path> known_copies(const Path& database) {
  std::vector<std::pair<fs::file_time_type, Path>> found;
  std::error_code code;
  const std::string prefix = database.filename().string() + ".schema-";
  for (fs::directory_iterator file(database.parent_path(), code), end; !code && file != end; file.increment(code)) {
    const std::string name = file->path().filename().string();
    std::error_code unknown;
    if (name.starts_with(prefix) && name.ends_with(".bak"))
      found.emplace_back(file->last_write_time(unknown), file->path());
  }
  std::sort(found.begin(), found.end());
  std::vector<Path> paths;
  paths.reserve(found.size());
  for (auto& [time, path] : found) paths.push_back(std::move(path));
  return paths;
}

Result<Rebuilt> rebuild(const Path& database, std::span<const Path> copies,
                        const std::function<Status(Library&)>& add) {
  Rebuilt result;
  const NewLibrary made(database);
  if (auto collected = collect(database, copies, made.path(), result); !collected) return fail(collected.error());
  {
    auto library = Library::open(made.path(), Library::Mode::read_write);
    if (!library) return fail(library.error());
    if (auto added = add(*library); !added) return fail(added.error());
  }
  if (auto placed = put_in_place(made.path(), database, result); !placed) return fail(placed.error());
  return result;
}

}  // namespace civitai::store
