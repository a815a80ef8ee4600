// Opening the library's database file: what may be opened, how it is set up. Internal to the store.
#pragma once

#include "store/library.hpp"
#include "store/sqlite.hpp"

namespace civitai::store {

// How long a call waits for another process before it fails as locked.
inline constexpr Milliseconds busy_timeout{10'000};

// See Library::open.
[[nodiscard]] Result<Connection> open_database(const Path& database, Library::Mode mode);

}  // namespace civitai::store
