// Migration 7: the cache of hashes knows BLAKE3 too, so that what was proven by it is known again after a move.
#pragma once

#include <string_view>

namespace civitai::store {

inline constexpr std::string_view m0007_hash_cache = R"sql(
ALTER TABLE hash_cache ADD COLUMN blake3 TEXT NOT NULL DEFAULT '';  -- this and sha256: '' when not computed
)sql";

}  // namespace civitai::store
