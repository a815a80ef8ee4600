#include "os/safe_name.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace civitai::os {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Nothing that a person sees: controls (Cc), format characters (Cf: joiners, soft hyphens, bidirectional marks, tags),
// line and paragraph separators.
constexpr std::array<Range, 21> invisible = {{
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x0600, 0x0605},   {0x061C, 0x061C},
    {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x180E, 0x180E},
    {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE007F},
}};

constexpr std::array<Range, 7> blanks = {{
    {0x0020, 0x0020},
    {0x00A0, 0x00A0},
    {0x1680, 0x1680},
    {0x2000, 0x200A},
    {0x202F, 0x202F},
    {0x205F, 0x205F},
    {0x3000, 0x3000},
}};

template <std::size_t size>
bool is_one_of(const std::array<Range, size>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range r) { return r.first <= code && code <= r.last; });
}

struct Character {
  std::string_view bytes;
  char32_t code = 0;
};

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The first character of a text that is valid UTF-8 and not empty.
Character first_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && continues(text[length])) ++length;
  auto code = static_cast<char32_t>(static_cast<unsigned char>(text[0]));
  if (length > 1) code &= 0x7FU >> length;
  for (std::size_t i = 1; i < length; ++i) code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {text.substr(0, length), code};
}

std::string_view last_character(std::string_view text) {
  std::size_t start = text.size() - 1;
  while (start > 0 && continues(text[start])) --start;
  return text.substr(start);
}

bool is_blank(std::string_view character) { return is_one_of(blanks, first_character(character).code); }

std::string without_hazards(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    const Character next = first_character(name);
    name.remove_prefix(next.bytes.size());
    if (is_one_of(invisible, next.code)) continue;
    const bool forbidden =
        next.bytes.size() == 1 && std::string_view("<>:\"/\\|?*").find(next.bytes[0]) != std::string_view::npos;
    result += forbidden ? std::string_view("_") : next.bytes;
  }
  return result;
}

std::string_view without_leading_blanks(std::string_view name) {
  while (!name.empty() && is_blank(name)) name.remove_prefix(first_character(name).bytes.size());
  return name;
}

// Windows drops dots and blanks at the end without a word: two names would become one.
std::string_view without_trailing_dots_and_blanks(std::string_view name) {
  while (!name.empty() && (name.ends_with('.') || is_blank(last_character(name)))) {
    name.remove_suffix(last_character(name).size());
  }
  return name;
}

std::string_view without_directories(std::string_view name) {
  while (name.ends_with('/') || name.ends_with('\\')) name.remove_suffix(1);
  const std::size_t separator = name.find_last_of("/\\");
  return separator == std::string_view::npos ? name : name.substr(separator + 1);
}

// Devices on Windows, with whatever extension: "nul", "Com1.safetensors", "CON .txt".
bool is_reserved(std::string_view name) {
  const std::string device = to_lower(without_trailing_dots_and_blanks(name.substr(0, name.find('.'))));
  constexpr std::array<std::string_view, 7> devices = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
  if (std::find(devices.begin(), devices.end(), device) != devices.end()) return true;
  if (!device.starts_with("com") && !device.starts_with("lpt")) return false;
  const std::string_view number = std::string_view(device).substr(3);
  if (number.size() == 1) return number[0] >= '0' && number[0] <= '9';
  return number == "\u00B9" || number == "\u00B2" || number == "\u00B3";
}

}  // namespace

std::string safe_component(std::string_view name, std::size_t limit) {
  const std::string valid = to_valid_utf8(name);
  const std::string clean = without_hazards(without_directories(valid));
  const auto ended_well = [&](std::string_view text) {
    return std::string(without_trailing_dots_and_blanks(with_addition(text, {}, limit)));
  };
  const std::string result = ended_well(without_trailing_dots_and_blanks(without_leading_blanks(clean)));
  return is_reserved(result) ? ended_well("_" + result) : result;
}

NameParts split_extension(std::string_view name) {
  constexpr std::size_t longest_extension = 16;
  const std::size_t dot = name.rfind('.');
  const bool none = dot == std::string_view::npos || dot == 0 || dot + 1 == name.size();
  if (none || name.size() - dot - 1 > longest_extension) return {std::string(name), {}};
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot))};
}

std::string with_addition(std::string_view name, std::string_view addition, std::size_t limit) {
  const NameParts parts = split_extension(name);
  const std::string ending = std::string(addition) + parts.extension;
  const std::size_t room = limit > ending.size() ? limit - ending.size() : 0;
  const std::string whole = std::string(utf8_prefix(parts.stem, room)) + ending;
  return std::string(utf8_prefix(whole, limit));
}

}  // namespace civitai::os
