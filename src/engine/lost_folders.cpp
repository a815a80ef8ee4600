#include "engine/lost_folders.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

// Fewer files may well have been removed together with their folder.
constexpr std::size_t many = 10;

// Links are followed: one that leads nowhere leads to a disk that is not mounted.
bool is_there(const os::Path& folder) {
  std::error_code code;
  // What cannot be looked at is not known to be missing.
  return fs::exists(folder, code) || code;
}

bool holds_nothing(const os::Path& folder) {
  std::error_code code;
  const bool empty = fs::is_empty(folder, code);
  return empty && !code;
}

// The folder that is lost, where one is; else an empty path.
os::Path lost_at(const os::Path& folder) {
  os::Path missing;
  os::Path at = folder;
  while (at.has_relative_path() && !is_there(at)) {
    missing = at;
    at = at.parent_path();
  }
  return at.has_relative_path() && holds_nothing(at) ? at : missing;
}

}  // namespace

bool holds_path(const os::Path& folder, const os::Path& path) {
  const auto [rest, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return rest == folder.end();
}

Result<std::vector<LostFolder>> find_lost_folders(store::LibraryView& view, const os::Path& root) {
  std::map<os::Path, std::size_t> files;
  os::Path folder;
  os::Path lost;
  const auto count = [&](std::string_view path) {
    const os::Path parent = os::Path(path).parent_path();
    // They come in order: what is below a lost folder follows it.
    const bool same = parent == folder || (!lost.empty() && holds_path(lost, parent));
    if (!same) lost = lost_at(parent);
    folder = parent;
    if (!lost.empty()) ++files[lost];
  };
  if (auto visited = view.downloaded_paths(count); !visited) return fail(visited.error());
  std::vector<LostFolder> found;
  for (const auto& [path, number] : files) {
    if (number >= many || holds_path(path, root)) found.push_back({path, number});
  }
  return found;
}

}  // namespace civitai::engine
