// `undo`, `trash list`, `trash empty`: what was taken away.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_undo(const Program& program);
[[nodiscard]] ExitCode run_trash_list(const Program& program);
[[nodiscard]] ExitCode run_trash_empty(const Program& program);

}  // namespace civitai::cli
