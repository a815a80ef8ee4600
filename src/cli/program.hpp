// What every command is given.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/exit_code.hpp"
#include "cli/screen.hpp"
#include "config/settings.hpp"
#include "term/prompter.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace civitai::cli {

struct Program {
  const std::vector<std::string>& words;  // the arguments that are no flags
  const config::Settings& settings;
  Screen& screen;
  Log& log;
  Clock& clock;
  term::Prompter& prompter;
  std::stop_token stop;
};

[[nodiscard]] Loudness loudness_of(const Program& program);

// Says what went wrong, or how to go on after an interruption; the exit code for it.
[[nodiscard]] ExitCode failed(const Program& program, const Error& error);

}  // namespace civitai::cli
