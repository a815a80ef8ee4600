// How many columns a text takes on a terminal, and cutting or padding it to fit. Pure, for UTF-8 under a UTF-8 locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace civitai::term {

// Wide characters count two columns, combining ones none. Needs a UTF-8 LC_CTYPE (see use_utf8_locale).
[[nodiscard]] std::size_t columns(std::string_view text);
// At most `width` columns; what is cut off becomes "…".
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width);
// As fitted, but the end of the text stays and "…" stands in front of it.
[[nodiscard]] std::string fitted_end(std::string_view text, std::size_t width);
// Exactly `width` columns: fitted, then filled with blanks at the end.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
// As padded, with the blanks in front.
[[nodiscard]] std::string padded_left(std::string_view text, std::size_t width);

// Sets LC_CTYPE to the person's locale, or to C.UTF-8 where that is not UTF-8. Call once, at start, before threads.
void use_utf8_locale();

}  // namespace civitai::term
