#include "engine/digest_file.hpp"

#include "os/read_buffer.hpp"

#include <algorithm>
#include <span>

namespace civitai::engine {
namespace {

// Measured: with less, or twice as much, a file in the page cache takes 2 % longer with BLAKE3, the fastest digest.
constexpr std::uint64_t largest_part = 2UL << 20;

// A small file shall not cost the memory of a large one.
std::size_t part_size(const os::Path& path) {
  constexpr std::uint64_t smallest_part = 4096;
  const auto size = os::file_size(path);
  return size ? std::clamp(size->value, smallest_part, largest_part) : largest_part;
}

}  // namespace

Result<hash::Digests> digest_file(const os::Path& path, hash::Kinds kinds, os::FileSystem& files,
                                  const std::function<void(ByteCount)>& on_progress, const std::stop_token& stop) {
  const auto handle = files.open(path, os::OpenMode::read);
  if (!handle) return fail(handle.error());
  hash::Hasher hasher(kinds);
  const os::ReadBuffer memory(part_size(path));
  const std::span<std::byte> buffer = memory.bytes();
  std::uint64_t offset = 0;
  while (true) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    const auto got = os::read_at(*handle, path, offset, buffer);
    if (!got) return fail(got.error());
    if (*got == 0) return hasher.finish();
    hasher.update(buffer.first(*got));
    offset += *got;
    if (on_progress) on_progress(ByteCount{offset});
  }
}

}  // namespace civitai::engine
