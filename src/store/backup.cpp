#include "store/backup.hpp"

#include "base/format.hpp"
#include "base/scope_exit.hpp"
#include "base/text.hpp"

#include <system_error>

#include <unistd.h>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

Status check_copy(const Path& copy) {
  auto connection = Connection::open(copy, Connection::Access::immutable);
  if (!connection) return fail(connection.error());
  auto query = connection->query("PRAGMA quick_check(1)");
  if (!query) return fail(query.error());
  if (const auto row = query->next(); !row) return fail(row.error());
  if (query->text(0) == "ok") return {};
  return fail(ErrorKind::io, format("the copy {} is damaged: {}", printable(copy.native()), query->text(0)));
}

Error taken(const Path& target) {
  return Error{ErrorKind::usage, format("{} exists already", printable(target.native())),
               "it was left as it is; choose another name"};
}

}  // namespace

Status back_up(Connection& connection, const Path& target, os::FileSystem::Replace replace) {
  std::error_code ignored;
  const bool exists = fs::exists(fs::symlink_status(target, ignored));
  if (exists && replace == os::FileSystem::Replace::no) return fail(taken(target));
  os::RealFileSystem files;
  if (auto made = os::make_directories(files, target.parent_path()); !made) return made;
  // Of this process alone: another one may be doing the same.
  const Path unfinished = Path(target) += format(".{}.tmp", ::getpid());
  fs::remove(unfinished, ignored);
  const ScopeExit remove_unfinished([&] {
    for (const char* const ending : {"", "-journal", "-wal", "-shm"}) fs::remove(Path(unfinished) += ending, ignored);
  });
  if (auto copied = connection.copy_to(unfinished); !copied) return copied;
  if (auto checked = check_copy(unfinished); !checked) return checked;
  if (auto renamed = files.rename(unfinished, target, replace); !renamed) return renamed;
  return files.flush_directory(target.parent_path());
}

Path copy_before_migration(const Path& database, int number) {
  return Path(database) += format(".schema-{}.bak", number);
}

}  // namespace civitai::store
