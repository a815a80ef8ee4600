// Text helpers: pure functions on UTF-8 or ASCII strings. "Lower-case" here means ASCII letters only.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace civitai {

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] bool contains_ignoring_case(std::string_view text, std::string_view part);
[[nodiscard]] std::string replace_all(std::string text, std::string_view what, std::string_view with);

// Parts between separators; empty parts are kept. split("", ',') is one empty part.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

// Whole text as a decimal integer with optional sign; nullopt on anything else, also on overflow.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
// Whole text as a finite decimal number.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
[[nodiscard]] bool is_hex(std::string_view text);

[[nodiscard]] bool is_valid_utf8(std::string_view text);
// Every invalid sequence becomes U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);
// A file's name is bytes, a text for others has to be UTF-8: control characters, '%' and, in what is no UTF-8,
// everything beyond ASCII stand as %XX.
[[nodiscard]] std::string escaped_bytes(std::string_view bytes);
[[nodiscard]] std::string unescaped_bytes(std::string_view text);
// The largest prefix of at most `limit` bytes that does not cut a UTF-8 sequence.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t limit);

// Text from the network made fit for a screen, a log or an error message: valid UTF-8, control characters (C0, DEL, C1,
// line and paragraph separators, bidirectional overrides) replaced by '?'; a newline or tab becomes a blank.
[[nodiscard]] std::string printable(std::string_view text);
// JSON text whose characters beyond ASCII that `printable` replaces, and DEL, are written as \uXXXX: the same JSON, fit
// for a screen.
[[nodiscard]] std::string printable_json(std::string_view json);

// "1 model", "2 models": a count with its noun. Without `plural` an "s" is added.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view one, std::string_view plural = {});
template <std::integral Number>
[[nodiscard]] std::string counted(Number count, std::string_view one, std::string_view plural = {}) {
  return counted(static_cast<std::int64_t>(count), one, plural);
}

// The candidates nearest to `word` by edit distance, case ignored, best first; only plausible ones.
[[nodiscard]] std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates,
                                               std::size_t at_most);

}  // namespace civitai
