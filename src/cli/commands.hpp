// The table of commands: each is one row here and one source file that runs it.
#pragma once

#include "cli/program.hpp"
#include "config/option.hpp"

#include <span>
#include <string_view>

namespace civitai::cli {

// What a command takes beside its flags.
struct Argument {
  std::string_view name{};  // as the help writes it: "QUERY"; empty: nothing
  std::string_view help{};
  int least = 1;
  int most = 1;  // 0: any number
};

struct CommandRow {
  config::Command command;  // also says its words: "db view"
  std::string_view help;
  ExitCode (*run)(const Program& program);
  Argument argument{};
};

[[nodiscard]] std::span<const CommandRow> commands();

// What stands in the help beside the first word of commands with two: "db".
[[nodiscard]] std::string_view family_help(std::string_view family);

}  // namespace civitai::cli
