// How well a text fits the words of a query. Pure functions on folded text (see store/words.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace civitai::store {

// The words of a query: folded, each once, in order.
[[nodiscard]] std::vector<std::string> query_words(std::string_view query);

// 0 when a word is found in neither text. Else larger for better: a word counts more in the model's name than in the
// rest, more as a whole word than as the beginning of one, and more so than somewhere inside of one. A name that is the
// query and nothing else goes before all others.
[[nodiscard]] int relevance(const std::vector<std::string>& words, std::string_view name, std::string_view rest);

}  // namespace civitai::store
