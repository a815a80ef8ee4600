// Reading what can be read of a damaged library. Internal to the store.
#pragma once

#include "store/rebuild.hpp"
#include "store/sqlite.hpp"

namespace civitai::store {

// Copies every row that can be read of `source` into `target`, which has the schema of this program. Rows replace those
// with the same key. A source that cannot be opened at all gives no rows; of one that is cut off, a copy is made beside
// `target` for as long as it is read, and that this cannot be made is an error.
[[nodiscard]] Result<SalvageSource> salvage(Connection& target, const Path& source);

// Documents of versions and images that cannot be unpacked are no use to anybody.
[[nodiscard]] Status drop_torn_documents(Connection& target);

// Rows that lost the ones that they refer to: a version gets a nameless model; files without a version go, and their
// number is the answer.
[[nodiscard]] Result<std::int64_t> settle_orphans(Connection& target);

}  // namespace civitai::store
