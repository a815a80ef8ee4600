#include "engine/digest_file.hpp"

#include <span>
#include <vector>

namespace civitai::engine {

Result<hash::Digests> digest_file(const os::Path& path, hash::Kinds kinds, os::FileSystem& files,
                                  const std::function<void(ByteCount)>& on_progress, const std::stop_token& stop) {
  // Measured: with less, or twice as much, a file in the page cache takes 2 % longer with BLAKE3, the fastest digest.
  constexpr std::size_t chunk = 2UL << 20;
  const auto handle = files.open(path, os::OpenMode::read);
  if (!handle) return fail(handle.error());
  hash::Hasher hasher(kinds);
  std::vector<std::byte> buffer(chunk);
  std::uint64_t offset = 0;
  while (true) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    const auto got = os::read_at(*handle, path, offset, buffer);
    if (!got) return fail(got.error());
    if (*got == 0) return hasher.finish();
    hasher.update(std::span(buffer).first(*got));
    offset += *got;
    if (on_progress) on_progress(ByteCount{offset});
  }
}

}  // namespace civitai::engine
