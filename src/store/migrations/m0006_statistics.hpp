// Migration 6: no statistics for SQLite's planner. Gathered while a library is small, they make every later look-up in
// that process a scan of whole tables; without them it takes the indexes, which is always right here.
#pragma once

#include <string_view>

namespace civitai::store {

inline constexpr std::string_view m0006_statistics = R"sql(
DROP TABLE IF EXISTS sqlite_stat1;
DROP TABLE IF EXISTS sqlite_stat4;
)sql";

}  // namespace civitai::store
