// Reading a small file as a whole.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace civitai::config {

// Error of kind usage, naming the path, when there is no such file, it cannot be read or is larger than `limit` bytes.
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit);

// Whether the file's group or everybody may read it. False when that cannot be told.
[[nodiscard]] bool others_can_read(const std::filesystem::path& path);

}  // namespace civitai::config
