// The commands of the library, each in a file of its own.
#pragma once

#include "cli/program.hpp"
#include "store/library_view.hpp"

#include <functional>

namespace civitai::cli {

[[nodiscard]] ExitCode run_db_view(const Program& program);
[[nodiscard]] ExitCode run_db_search(const Program& program);
[[nodiscard]] ExitCode run_db_show(const Program& program);
[[nodiscard]] ExitCode run_db_stats(const Program& program);
[[nodiscard]] ExitCode run_db_verify(const Program& program);
[[nodiscard]] ExitCode run_db_redownload(const Program& program);
[[nodiscard]] ExitCode run_db_backup(const Program& program);
[[nodiscard]] ExitCode run_db_repair(const Program& program);

// Where the library is, absolute.
[[nodiscard]] store::Path library_path(const Program& program);

// Runs `look` on the library. Where there is none yet, that is said, and `without` runs instead.
using Look = std::function<Status(store::LibraryView& view)>;
[[nodiscard]] ExitCode look_into_library(const Program& program, const Look& look,
                                         const std::function<void()>& without);

}  // namespace civitai::cli
