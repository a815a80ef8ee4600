// Copies of the library's file. Internal to the store.
#pragma once

#include "os/file.hpp"
#include "store/sqlite.hpp"

namespace civitai::store {

// Copies the library to `target` while others may use it. The copy appears there whole, proven to be readable, and on
// the disk, or not at all. With Replace::no a file that is there already is an error of kind usage.
[[nodiscard]] Status back_up(Connection& connection, const Path& target, os::FileSystem::Replace replace);

// Where the library goes before it is brought up to date from the schema `number`.
[[nodiscard]] Path copy_before_migration(const Path& database, int number);

}  // namespace civitai::store
