// The configuration file's share of the merged settings.
#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <string_view>

namespace civitai::config {

// Sets what the file sets, each value checked, and warns of unknown keys and of an API key that others can read. Error
// of kind usage with file and line; the settings are then half changed and of no use.
[[nodiscard]] Status apply_file(Settings& settings, const std::filesystem::path& path, std::string_view home);

}  // namespace civitai::config
