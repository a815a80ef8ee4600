// `db import [PATH]`: entries of the original program's databases, or of an export, join the library.
#pragma once

#include "cli/program.hpp"

namespace civitai::cli {

[[nodiscard]] ExitCode run_db_import(const Program& program);

// Where the original program's database lies by default, and nothing was decided about it yet: offers once to import
// it, or says how where nobody can answer. Before a command that writes to the library. An error of the import is told
// and ends nothing; kind cancelled when the person left.
[[nodiscard]] Status offer_import(const Program& program);

}  // namespace civitai::cli
