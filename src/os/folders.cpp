#include "os/folders.hpp"

#include <algorithm>
#include <set>

namespace civitai::os {

Status Folders::make(const Path& directory) {
  // Under the lock: whoever finds a folder that was made a moment ago must also find that it is not flushed.
  return state_.with([&](State& state) -> Status {
    const auto changed = make_directories_unflushed(directory);
    if (!changed) return fail(changed.error());
    for (const Path& one : *changed) ++state[one].changed;
    return {};
  });
}

bool Folders::is_below_root(const Path& directory) const {
  return std::mismatch(root_.begin(), root_.end(), directory.begin(), directory.end()).first == root_.end();
}

std::map<Path, std::uint64_t> Folders::unsettled_above(std::span<const Path> directories) {
  return state_.with([&](State& state) {
    std::map<Path, std::uint64_t> found;
    for (const Path& directory : directories) {
      for (Path one = directory; one.has_relative_path() && !found.contains(one); one = one.parent_path()) {
        const auto at = is_below_root(one) ? state.try_emplace(one).first : state.find(one);
        if (at != state.end() && at->second.settled < at->second.changed) found.emplace(one, at->second.changed);
      }
    }
    return found;
  });
}

Status Folders::settle(std::span<const Path> directories) {
  const std::map<Path, std::uint64_t> unsettled = unsettled_above(directories);
  std::set<Path> wanted(directories.begin(), directories.end());
  for (const auto& [directory, changed] : unsettled) wanted.insert(directory);
  const std::vector<Path> all(wanted.begin(), wanted.end());
  if (auto status = files_.flush_directories(all); !status) return status;
  state_.with([&](State& state) {
    for (const auto& [directory, changed] : unsettled) state[directory].settled = changed;
  });
  return {};
}

}  // namespace civitai::os
