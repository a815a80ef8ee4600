// gzip of small documents, in memory.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace civitai::store {

[[nodiscard]] std::string compress(std::string_view text);
// Error of kind io for damaged input, or when the result would exceed `limit` bytes.
[[nodiscard]] Result<std::string> decompress(std::string_view gzip, std::size_t limit);

}  // namespace civitai::store
