// Finding words in texts whatever their letter case. Pure functions.
//
// Letter case is folded one character at a time for the alphabets that have one and lie in neat ranges: Latin, Greek,
// Cyrillic, Armenian, and the full-width forms. Everything else compares as it is.
#pragma once

#include <string>
#include <string_view>

namespace civitai::store {

// UTF-8 in, UTF-8 out; invalid bytes are kept. Blanks of any script's keyboard become ' '.
[[nodiscard]] std::string folded(std::string_view text);

// The query's words, folded, one per line.
[[nodiscard]] std::string word_lines(std::string_view query);

}  // namespace civitai::store
