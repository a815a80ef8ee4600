#include "cli/db_command.hpp"

#include "base/text.hpp"
#include "config/criteria.hpp"

#include <filesystem>

namespace civitai::cli {

store::Path library_path(const Program& program) {
  return std::filesystem::absolute(config::database_path(program.settings));
}

ExitCode look_into_library(const Program& program, const Look& look, const std::function<void()>& without) {
  const store::Path path = library_path(program);
  auto view = store::LibraryView::open(path);
  if (!view && view.error().kind == ErrorKind::not_found) {
    program.log.info("there is no library yet at {}", printable(path.native()));
    without();
    return ExitCode::done;
  }
  if (!view) return failed(program, view.error());
  const Status looked = look(*view);
  return looked ? ExitCode::done : failed(program, looked.error());
}

}  // namespace civitai::cli
