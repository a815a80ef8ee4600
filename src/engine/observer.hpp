// What the engine tells while it works. The engine never prints: whoever shows progress implements this.
//
// Functions are called from several threads at once and must return quickly.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <string>

namespace civitai::engine {

struct ScanProgress {
  int pages = 0;
  int models = 0;
  int files = 0;
  int images = 0;
};

enum class Phase { resolving, checking, transferring, verifying, placing };

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_scan(const ScanProgress& progress) = 0;
  // `item` is the index in the plan.
  virtual void on_phase(std::size_t item, Phase phase) = 0;
  // Bytes of the item that are here by now, of `total` (0 = not known yet).
  virtual void on_bytes(std::size_t item, ByteCount here, ByteCount total) = 0;
  virtual void on_done(std::size_t item) = 0;
  virtual void on_failed(std::size_t item, const Error& error) = 0;
};

}  // namespace civitai::engine
