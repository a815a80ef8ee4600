// `db export [TARGET]`: the whole library as JSON, CSV or the original program's Bitcask directory.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_db_export(const Program& program);

}  // namespace civitai::cli
