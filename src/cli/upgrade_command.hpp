// `outdated` and `upgrade`: which models of the library have newer versions, and fetching those.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_outdated(const Program& program);
[[nodiscard]] ExitCode run_upgrade(const Program& program);

}  // namespace civitai::cli
