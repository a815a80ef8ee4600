// `download`: scan, plan, confirm, run, report.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_download(const Program& program);

}  // namespace civitai::cli
