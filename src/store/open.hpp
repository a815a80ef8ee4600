// Opening the library's database file: what may be opened, how it is set up. Internal to the store.
#pragma once

#include "os/mount.hpp"
#include "store/library.hpp"
#include "store/sqlite.hpp"

#include <functional>

namespace civitai::store {

// How long a call waits for another process before it fails as locked.
inline constexpr Milliseconds busy_timeout{10'000};

// What opening asks of the system, so that a test can answer for it.
struct Surroundings {
  // Where other machines may use the file too, WAL's shared memory does not reach them: a rollback journal is used.
  std::function<bool(const Path&)> is_shared = os::is_shared_file_system;
};

// See Library::open. A library of an older version is copied to `copy_before_migration` before it is changed.
[[nodiscard]] Result<Connection> open_database(const Path& database, Library::Mode mode,
                                               const Surroundings& surroundings = {});

// Brings a library of an older version up to date, where there is one and it can be written; a library that is none, or
// none of ours, is left to whoever opens it.
[[nodiscard]] Status update_older(const Path& database);

}  // namespace civitai::store
