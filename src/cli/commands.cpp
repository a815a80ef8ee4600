#include "cli/commands.hpp"

#include "cli/db_command.hpp"
#include "cli/download_command.hpp"

#include <algorithm>
#include <iterator>

namespace civitai::cli {
namespace {

using config::Command;

constexpr CommandRow rows[] = {
    {.command = Command::download,
     .help = "Choose models, see the plan, confirm, download, verify, record",
     .run = run_download},
    {.command = Command::db_view, .help = "List every file the library knows", .run = run_db_view},
    {.command = Command::db_search,
     .help = "List the files that match every word: names, creator, tags, trigger words",
     .run = run_db_search,
     .argument = {.name = "QUERY", .help = "Words to look for", .most = 0}},
};

struct Family {
  std::string_view name;
  std::string_view help;
};

constexpr Family families[] = {
    {"db", "Look into the library"},
};

}  // namespace

std::span<const CommandRow> commands() { return rows; }

std::string_view family_help(std::string_view family) {
  const auto* const found =
      std::find_if(std::begin(families), std::end(families), [&](const Family& row) { return row.name == family; });
  return found == std::end(families) ? std::string_view() : found->help;
}

}  // namespace civitai::cli
