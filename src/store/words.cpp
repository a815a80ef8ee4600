#include "store/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace civitai::store {
namespace {

struct Range {
  char32_t first;
  char32_t last;
  int distance;  // to the small letter; 0: capitals are even and followed by their small letter, 1: they are odd
};

// Sorted by `first`. Source: the simple case foldings of Unicode, where whole ranges follow one rule.
constexpr auto ranges = std::to_array<Range>({
    // Latin
    {0x0041, 0x005A, 32},
    {0x00C0, 0x00D6, 32},
    {0x00D8, 0x00DE, 32},
    {0x0100, 0x012F, 0},
    {0x0132, 0x0137, 0},
    {0x0139, 0x0148, 1},
    {0x014A, 0x0177, 0},
    {0x0179, 0x017E, 1},
    {0x01A0, 0x01A5, 0},
    {0x01AF, 0x01B0, 1},
    {0x01CD, 0x01DC, 1},
    {0x01DE, 0x01EF, 0},
    {0x01F8, 0x021F, 0},
    {0x0222, 0x0233, 0},
    // Greek
    {0x0386, 0x0386, 38},
    {0x0388, 0x038A, 37},
    {0x038C, 0x038C, 64},
    {0x038E, 0x038F, 63},
    {0x0391, 0x03A1, 32},
    {0x03A3, 0x03AB, 32},
    // Cyrillic
    {0x0400, 0x040F, 80},
    {0x0410, 0x042F, 32},
    {0x0460, 0x0481, 0},
    {0x048A, 0x04BF, 0},
    {0x04C1, 0x04CE, 1},
    {0x04D0, 0x052F, 0},
    // Armenian
    {0x0531, 0x0556, 48},
    // Latin with two marks, as in Vietnamese
    {0x1E00, 0x1E95, 0},
    {0x1EA0, 0x1EFF, 0},
    // Full-width Latin
    {0xFF21, 0xFF3A, 32},
});

char32_t small_letter(char32_t c) {
  const auto* range = std::find_if(ranges.begin(), ranges.end(), [c](const Range& r) { return c <= r.last; });
  if (range == ranges.end() || c < range->first) return c;
  if (range->distance > 1) return c + static_cast<char32_t>(range->distance);
  return static_cast<int>(c % 2) == range->distance ? c + 1 : c;
}

char32_t folded(char32_t c) {
  const bool blank = c == 0x00A0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A);
  if (blank) return U' ';
  // The Greek small sigma has a form of its own at the end of a word.
  return c == 0x03C2 ? char32_t{0x03C3} : small_letter(c);
}

struct Decoded {
  char32_t character;
  std::size_t length;  // 0: not a character
};

// Only characters of two and three bytes; ASCII is handled before, longer ones have no case we fold.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto follows = [&](std::size_t at) { return at < text.size() && (byte(at) & 0xC0U) == 0x80U; };
  if ((byte(0) & 0xE0U) == 0xC0U && follows(1)) {
    const char32_t c = (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
    if (c >= 0x80) return {c, 2};
  } else if ((byte(0) & 0xF0U) == 0xE0U && follows(1) && follows(2)) {
    const char32_t c = (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    if (c >= 0x800) return {c, 3};
  }
  return {0, 0};
}

void append(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0U | (c >> 6U));
    text += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    text += static_cast<char>(0xE0U | (c >> 12U));
    text += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    text += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::string folded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const char first = text.front();
    const bool ascii = static_cast<unsigned char>(first) < 0x80;
    const Decoded decoded = ascii ? Decoded{0, 0} : decode(text);
    if (decoded.length == 0) {
      result += first >= 'A' && first <= 'Z' ? static_cast<char>(first + 32) : first;
      text.remove_prefix(1);
    } else {
      append(result, folded(decoded.character));
      text.remove_prefix(decoded.length);
    }
  }
  return result;
}

std::string word_lines(std::string_view query) {
  std::string lines;
  bool inside = false;
  for (const char c : folded(query)) {
    if (is_blank(c)) {
      inside = false;
      continue;
    }
    if (!inside && !lines.empty()) lines += '\n';
    lines += c;
    inside = true;
  }
  return lines;
}

}  // namespace civitai::store
