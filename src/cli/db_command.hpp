// `db view` and `db search`: what the library holds.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_db_view(const Program& program);
[[nodiscard]] ExitCode run_db_search(const Program& program);

}  // namespace civitai::cli
