// `delete`: choose entries of the library, see what goes, confirm, move it into the trash.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_delete(const Program& program);

}  // namespace civitai::cli
