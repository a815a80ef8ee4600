#include "engine/disk_turns.hpp"

#include "os/stamp.hpp"

namespace civitai::engine {

DiskTurns::Turn DiskTurns::take(const os::Path& file) {
  const auto stamp = os::stamp_of(file);
  if (!stamp) return {};
  std::mutex* const disk = disks_.with([&](Disks& disks) {
    const auto [at, is_new] = disks.try_emplace(stamp->device);
    if (is_new && facts_.rotates(file)) at->second = std::make_unique<std::mutex>();
    return at->second.get();
  });
  return disk == nullptr || facts_.in_memory(file) ? Turn() : Turn(*disk);
}

}  // namespace civitai::engine
