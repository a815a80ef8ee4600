// `db view` and `db search`: what the library holds.
#pragma once

#include "cli/program.hpp"

#include <string>

namespace civitai::cli {

[[nodiscard]] ExitCode run_db_view(const Program& program);
[[nodiscard]] ExitCode run_db_search(const Program& program, const std::string& query);

}  // namespace civitai::cli
