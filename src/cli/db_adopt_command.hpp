// `db adopt DIR`: model files that are on the disk already join the library.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_db_adopt(const Program& program);

}  // namespace civitai::cli
