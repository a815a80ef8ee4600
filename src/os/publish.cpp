#include "os/publish.hpp"

#include "base/format.hpp"
#include "base/scope_exit.hpp"
#include "base/text.hpp"
#include "os/safe_name.hpp"

#include <random>

namespace civitai::os {
namespace {

// Ends in ".tmp", so that what a crash leaves behind is known for what it is.
Path temporary_sibling(const Path& path) {
  std::random_device random;
  const std::string ending = format(".{:08x}{:08x}.tmp", random(), random());
  const std::string name = path.filename().native();
  const std::size_t room = longest_component - ending.size();
  return path.parent_path() / (std::string(utf8_prefix(name, room)) + ending);
}

Status write_and_flush(FileSystem& files, const Path& path, std::string_view content, Access access) {
  const auto mode = access == Access::owner ? OpenMode::write_new_private : OpenMode::write_new;
  const auto file = files.open(path, mode);
  if (!file) return fail(file.error());
  ScopeExit remove_remains([&] { static_cast<void>(files.remove(path)); });
  if (const Status written = files.write_at(*file, path, 0, std::as_bytes(std::span(content))); !written)
    return written;
  if (const Status flushed = files.flush(*file, path); !flushed) return flushed;
  remove_remains.release();
  return {};
}

}  // namespace

Status publish_text(FileSystem& files, const Path& path, std::string_view content, Access access) {
  const Path directory = path.parent_path();
  if (const Status made = make_directories(files, directory); !made) return made;
  const Path sibling = temporary_sibling(path);
  if (const Status written = write_and_flush(files, sibling, content, access); !written) return written;
  if (const Status renamed = files.rename(sibling, path, FileSystem::Replace::yes); !renamed) {
    static_cast<void>(files.remove(sibling));
    return renamed;
  }
  return files.flush_directory(directory);
}

}  // namespace civitai::os
