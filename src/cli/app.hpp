// The program: commands, arguments, settings, and the run of one command.
#pragma once

#include "cli/exit_code.hpp"

#include <string>
#include <vector>

namespace civitai::cli {

// Runs the program with the arguments behind its name.
[[nodiscard]] ExitCode run_program(const std::vector<std::string>& arguments);

}  // namespace civitai::cli
