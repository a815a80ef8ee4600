#include "cli/app.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return static_cast<int>(civitai::cli::run_program({argv + 1, argv + argc}));
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "error: internal error: %s\nhint: please report this as a bug\n", bug.what());
  } catch (...) {
    std::fputs("error: internal error\nhint: please report this as a bug\n", stderr);
  }
  return static_cast<int>(civitai::cli::ExitCode::internal);
}
