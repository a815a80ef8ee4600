// Choosing rows of a numbered list: "1,3,5", "1-3", "all", "q". Pure.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace civitai::term {

// The chosen rows of `count`, counted from 0, each once, in order; none for "q" and for nothing typed. Error of kind
// usage, naming the part that makes no sense or is not on the list.
[[nodiscard]] Result<std::vector<std::size_t>> parse_choice(std::string_view text, std::size_t count);

}  // namespace civitai::term
