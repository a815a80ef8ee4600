#include "base/format.hpp"
#include "base/text.hpp"
#include "layout/layout.hpp"

#include <algorithm>
#include <array>

namespace civitai::layout {
namespace {

// Capital letters of the scripts whose UTF-8 takes two bytes: every `step`th one from first to last lies `distance`
// before its small letter.
struct Capitals {
  unsigned first;
  unsigned last;
  unsigned step;
  unsigned distance;
};

constexpr std::array<Capitals, 11> capitals = {{
    {0x00C0, 0x00D6, 1, 32},  // Latin
    {0x00D8, 0x00DE, 1, 32},
    {0x0100, 0x012E, 2, 1},
    {0x0132, 0x0136, 2, 1},
    {0x0139, 0x0147, 2, 1},
    {0x014A, 0x0176, 2, 1},
    {0x0179, 0x017D, 2, 1},
    {0x0391, 0x03A1, 1, 32},  // Greek
    {0x03A3, 0x03A9, 1, 32},
    {0x0400, 0x040F, 1, 80},  // Cyrillic
    {0x0410, 0x042F, 1, 32},
}};

unsigned small_letter(unsigned code) {
  const auto found = std::find_if(capitals.begin(), capitals.end(), [&](const Capitals& c) {
    return c.first <= code && code <= c.last && (code - c.first) % c.step == 0;
  });
  return found == capitals.end() ? code : code + found->distance;
}

// The path with small letters only.
std::string folded(const Path& path) {
  std::string text = to_lower(path.generic_string());
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0xC2 || first > 0xDF) continue;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const unsigned code = small_letter((first & 0x1FU) << 6 | (second & 0x3FU));
    text[i] = static_cast<char>(0xC0U | code >> 6);
    text[i + 1] = static_cast<char>(0x80U | (code & 0x3FU));
  }
  return text;
}

// What tells a twin apart, the attempts counted from 1.
std::string distinction(FileId file, int attempt) {
  if (!file) return format("-{}", attempt + 1);
  return attempt == 1 ? format("-{}", file.value) : format("-{}-{}", file.value, attempt);
}

}  // namespace

bool Claims::take(const Path& path, FileId file) {
  const auto [owner, fresh] = owners_.try_emplace(folded(path), file);
  return fresh || (file && owner->second == file);
}

Path Claims::claim(const Path& wanted, FileId file) {
  Path path = wanted;
  for (int attempt = 1; !take(path, file); ++attempt) {
    const std::string name = wanted.filename().native();
    path.replace_filename(os::with_addition(name, distinction(file, attempt), longest_leaf));
  }
  return path;
}

}  // namespace civitai::layout
