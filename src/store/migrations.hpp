// The schema of the library and how a database gets there, in numbered steps. Internal to the store.
#pragma once

#include "store/sqlite.hpp"

#include <span>
#include <string_view>

namespace civitai::store {

struct Migration {
  int number;  // from 1, without gaps
  std::string_view name;
  std::string_view sql;
};

// All steps, in order. A released step never changes; what is wrong with one is put right by a later one.
[[nodiscard]] std::span<const Migration> migrations();

// The number of the last step that the database has seen; 0 for an empty file. Error of kind usage for a database of
// another program. Writes nothing.
[[nodiscard]] Result<int> schema_number(Connection& connection);

// Applies what is missing, each step in one transaction: after a failure the steps before it stay, itself leaves no
// trace. Several processes may do so at once. Error of kind usage when the database knows a step beyond the last of
// `steps`; nothing is written then.
[[nodiscard]] Status migrate(Connection& connection, std::span<const Migration> steps);

// The error for a database made by a newer version of this program, which knew `number` steps.
[[nodiscard]] Error newer_schema(const Path& path, int number, int known);

}  // namespace civitai::store
