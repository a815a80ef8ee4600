// Whose turn it is to read from a disk that has to move a head between two files: one file at a time. What is in memory
// already, and what lies on other disks, waits for nobody. Safe to use from several threads.
//
// Virtual disks often call themselves rotating: then files that must be fetched from one are read one after the other,
// at the speed of one core, and those in memory by all cores.
#pragma once

#include "base/guarded.hpp"
#include "os/mount.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace civitai::engine {

// What is asked of the system, so that a test can answer for it.
struct DiskFacts {
  std::function<bool(const os::Path&)> rotates = os::is_rotating_disk;
  std::function<bool(const os::Path&)> in_memory = os::is_in_memory;
};

class DiskTurns {
 public:
  using Turn = std::unique_lock<std::mutex>;

  explicit DiskTurns(DiskFacts facts = {}) : facts_(std::move(facts)) {}

  // To be held while the file is read. Empty where there is nothing to wait for.
  [[nodiscard]] Turn take(const os::Path& file);

 private:
  using Disks = std::map<std::int64_t, std::unique_ptr<std::mutex>>;  // by device; null: no need for turns

  DiskFacts facts_;
  Guarded<Disks> disks_;
};

}  // namespace civitai::engine
