// The table of options as flags of the command line: binding, help and errors. The one place that parses arguments.
#pragma once

#include "base/result.hpp"
#include "config/load.hpp"
#include "config/option.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace civitai::cli {

// Gives `app` the flags of `command` and those of every command; for Command::program only the latter. What a person
// types is collected in `values`, in the order of the command line, unchecked: config::load reads it. `values` must
// outlive the app. Also sets the app's help layout.
void add_flags(CLI::App& app, config::Command command, config::FlagValues& values);

struct Parsed {
  // Help or version was asked for: print this on standard output and end with success.
  std::string text;
  [[nodiscard]] bool wants_text() const { return !text.empty(); }
};

// Parses the arguments behind the program's name. Error of kind usage for an unknown flag or command (with the nearest
// known one), a missing value, or a key given on the command line; the message repeats no value that was typed.
[[nodiscard]] Result<Parsed> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace civitai::cli
