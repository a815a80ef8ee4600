// The one place that maps what happened to an exit code. 0 to 6 agree with the site's official command line.
#pragma once

#include "base/result.hpp"
#include "engine/run.hpp"

namespace civitai::cli {

enum class ExitCode {
  done = 0,
  internal = 1,
  usage = 2,
  authentication = 3,
  not_found = 4,
  network = 5,
  rate_limited = 6,
  some_failed = 7,
  verification = 8,
  disk_full = 9,
  interrupted = 130,
};

[[nodiscard]] ExitCode exit_code_of(ErrorKind kind);

// What ended the run decides; else, when items failed: their common kind if nothing at all was reached, otherwise "some
// failed"; else what the scan says.
[[nodiscard]] ExitCode exit_code_of(const engine::RunReport& report, const engine::ScanReport& scan);

// The trouble that cut the scan short; a list that could not be walked to its end is the site's trouble too.
[[nodiscard]] ExitCode exit_code_of(const engine::ScanReport& scan);

}  // namespace civitai::cli
