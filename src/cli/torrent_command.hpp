// `torrent`, `torrent check`, `torrent show`.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

// Makes torrents of what the library has.
[[nodiscard]] ExitCode run_torrent(const Program& program);
// Compares data with a torrent: torrent_check_command.cpp.
[[nodiscard]] ExitCode run_torrent_check(const Program& program);
// Prints what a torrent says: torrent_show_command.cpp.
[[nodiscard]] ExitCode run_torrent_show(const Program& program);

}  // namespace civitai::cli
