// File names that are safe on Linux, macOS and Windows, made of whatever the site sends.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace civitai::os {

inline constexpr std::size_t longest_component = 255;  // bytes, the limit of ext4, NTFS (in UTF-16 units) and APFS

// One path component: any directory part dropped ('/' and '\' both separate); invalid UTF-8 repaired; control, format
// and bidirectional characters removed; each of <>:"|?* replaced by '_'; leading blanks, trailing dots and blanks
// removed; names reserved on Windows (CON, NUL, COM1 … also with an extension) prefixed by '_'; cut to `limit` bytes at
// a character boundary, keeping a short extension. "." and ".." and names that end up empty give "".
[[nodiscard]] std::string safe_component(std::string_view name, std::size_t limit = longest_component);

struct NameParts {
  std::string stem;
  std::string extension;  // with its dot; empty when there is none
};

// Splits at the last dot; one at the very start or end, or with more than 16 bytes behind it, makes no extension.
[[nodiscard]] NameParts split_extension(std::string_view name);

// "<stem><addition><extension>", the stem cut so that the whole stays within `limit` bytes.
[[nodiscard]] std::string with_addition(std::string_view name, std::string_view addition,
                                        std::size_t limit = longest_component);

}  // namespace civitai::os
