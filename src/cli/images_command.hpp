// `images`: choose images and videos, download them, remember them.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_images_command(const Program& program);

}  // namespace civitai::cli
