// What the settings say together, once every source has had its word.
#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"

namespace civitai::config {

// Warns of words that are not known and of options that have no effect beside others, as far as they concern `command`
// (for show_config: unknown words of all options). Error of kind usage where a flag asks for something that cannot be
// done.
[[nodiscard]] Status check_together(Settings& settings, Command command);

}  // namespace civitai::config
