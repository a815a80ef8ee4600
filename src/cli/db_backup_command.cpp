#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "os/file.hpp"

#include <filesystem>

namespace civitai::cli {

ExitCode run_db_backup(const Program& program) {
  auto view = store::LibraryView::open(library_path(program));
  if (!view) return failed(program, view.error());
  const os::Path target = std::filesystem::absolute(program.words.front()).lexically_normal();
  if (auto done = view->back_up(target); !done) return failed(program, done.error());
  const auto size = os::file_size(target);
  program.log.info("the library is copied to {} ({})", printable(target.native()), to_text(size.value_or(ByteCount{})));
  return ExitCode::done;
}

}  // namespace civitai::cli
