// A TOML text as a flat list of what it sets. The TOML library stays behind this header.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace civitai::config {

// A value that no option takes; `what` names it for a message: "a date".
struct OtherValue {
  std::string what;
};

using FileValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>, OtherValue>;

struct FileEntry {
  std::string key;  // "Sort", or "Images.Sort" for a key in a section
  FileValue value;
  std::size_t line = 0;  // counted from 1
};

// What the text sets, in the order of its lines. Error of kind usage with "name:line:column" for malformed TOML; its
// message never repeats a value that may be a key or token.
[[nodiscard]] Result<std::vector<FileEntry>> parse_toml(std::string_view text, std::string_view name);

// "a text", "a whole number", …
[[nodiscard]] std::string kind_of(const FileValue& value);

}  // namespace civitai::config
