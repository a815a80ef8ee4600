// What every command is given.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/exit_code.hpp"
#include "cli/screen.hpp"
#include "config/settings.hpp"
#include "term/prompter.hpp"

#include <stop_token>

namespace civitai::cli {

struct Program {
  const config::Settings& settings;
  Screen& screen;
  Log& log;
  Clock& clock;
  term::Prompter& prompter;
  std::stop_token stop;
};

}  // namespace civitai::cli
