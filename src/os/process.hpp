// What this process is.
#pragma once

#include "os/file.hpp"

namespace civitai::os {

// The folder the program's executable lies in; empty when the system does not tell.
[[nodiscard]] Path program_folder();

}  // namespace civitai::os
