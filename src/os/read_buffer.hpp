// Memory to read a file into, part by part: large parts lie on huge pages where the system has them, which makes a file
// in the page cache a tenth faster to hash. Its contents are arbitrary until they are read into.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace civitai::os {

class ReadBuffer {
 public:
  // `size` in bytes, not 0. Throws std::bad_alloc when there is no memory.
  explicit ReadBuffer(std::size_t size);

  [[nodiscard]] std::span<std::byte> bytes() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };

  std::unique_ptr<std::byte, Free> memory_;
  std::size_t size_;
};

}  // namespace civitai::os
