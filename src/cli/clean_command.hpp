// `clean`: removes what broken runs left below SavePath and, when asked for, torrents and magnets.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_clean(const Program& program);

}  // namespace civitai::cli
