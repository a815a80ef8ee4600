// What is written from the table of options: the example configuration file and the documentation. Pure; the committed
// files are held to these functions by tests.
#pragma once

#include <string>

namespace civitai::config {

// config.toml.example: every key, commented out at its default, with its help and what it may hold.
[[nodiscard]] std::string example_toml();

// docs/options.md: every option with its key, flags, variables, type and default.
[[nodiscard]] std::string options_markdown();

}  // namespace civitai::config
