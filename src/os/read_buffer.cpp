#include "os/read_buffer.hpp"

#include <new>

#include <sys/mman.h>

namespace civitai::os {
namespace {

constexpr std::size_t huge_page = 2UL << 20;
constexpr std::size_t page = 4096;

std::size_t rounded_up(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

}  // namespace

ReadBuffer::ReadBuffer(std::size_t size) : size_(size) {
  const std::size_t unit = size < huge_page ? page : huge_page;
  const std::size_t whole = rounded_up(size, unit);
  memory_.reset(static_cast<std::byte*>(std::aligned_alloc(unit, whole)));
  if (!memory_) throw std::bad_alloc();
  // Without huge pages it is as good as any memory.
  if (unit == huge_page) static_cast<void>(::madvise(memory_.get(), whole, MADV_HUGEPAGE));
}

}  // namespace civitai::os
