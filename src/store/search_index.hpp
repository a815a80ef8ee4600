// The full text index over what people remember of a file: names, creator, tags, trigger words. Internal to the store.
//
// Words are found anywhere in a text, also inside of longer words. The index narrows a search down to a bounded number
// of candidates; ranking looks at those alone, so that a word which everything contains costs no more than a rare one.
#pragma once

#include "store/sqlite.hpp"

#include <string>
#include <vector>

namespace civitai::store {

// Brings the index up to what the triggers noted, inside the caller's transaction.
[[nodiscard]] Status update_search_index(Connection& connection);

// Whether triggers have noted something that the index does not hold yet.
[[nodiscard]] Result<bool> search_index_is_behind(Connection& connection);

struct Found {
  std::vector<std::int64_t> files;  // best first
  bool more = false;                // there are more than `limit`
};

// The files whose texts contain every word of `words` (made by query_words, at least one); at most `limit`, 0: all.
[[nodiscard]] Result<Found> search_index(Connection& connection, const std::vector<std::string>& words,
                                         std::size_t limit);

}  // namespace civitai::store
