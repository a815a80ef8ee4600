#include "cli/program.hpp"

namespace civitai::cli {

Loudness loudness_of(const Program& program) {
  return program.settings.enabled(config::OptionId::quiet) ? Loudness::quiet : Loudness::normal;
}

ExitCode failed(const Program& program, const Error& error) {
  if (error.kind == ErrorKind::cancelled) {
    program.screen.talk("interrupted; run the same command again to continue\n");
  } else {
    program.screen.error(error);
  }
  return exit_code_of(error.kind);
}

}  // namespace civitai::cli
