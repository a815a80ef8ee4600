#include "term/text_width.hpp"

#include <algorithm>
#include <clocale>
#include <cwchar>

#include <langinfo.h>

namespace civitai::term {
namespace {

constexpr std::string_view ellipsis = "…";

struct Glyph {
  std::size_t bytes = 1;
  std::size_t width = 1;
};

Glyph first_glyph(std::string_view text) {
  std::mbstate_t state{};
  wchar_t wide = 0;
  const std::size_t used = std::mbrtowc(&wide, text.data(), text.size(), &state);
  if (used == 0 || used > text.size()) return {};
  const int width = ::wcwidth(wide);
  return {used, static_cast<std::size_t>(std::max(width, 0))};
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    sum += glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  return sum;
}

std::string fitted(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string result;
  for (std::size_t used = 0; !text.empty();) {
    const Glyph glyph = first_glyph(text);
    if (used + glyph.width > width - 1) break;
    result += text.substr(0, glyph.bytes);
    used += glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  return result + std::string(ellipsis);
}

std::string fitted_end(std::string_view text, std::size_t width) {
  std::size_t left = columns(text);
  if (left <= width) return std::string(text);
  if (width == 0) return {};
  while (!text.empty() && left > width - 1) {
    const Glyph glyph = first_glyph(text);
    left -= glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  // What combines with a character that is gone goes too.
  while (!text.empty() && first_glyph(text).width == 0) text.remove_prefix(first_glyph(text).bytes);
  return std::string(ellipsis) + std::string(text);
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result = fitted(text, width);
  return result + std::string(width - std::min(width, columns(result)), ' ');
}

std::string padded_left(std::string_view text, std::size_t width) {
  const std::string result = fitted(text, width);
  return std::string(width - std::min(width, columns(result)), ' ') + result;
}

void use_utf8_locale() {
  std::setlocale(LC_CTYPE, "");
  if (std::string_view(::nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace civitai::term
