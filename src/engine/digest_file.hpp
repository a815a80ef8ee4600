// Digests of a file that is on disk already: one read from its start to its end.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "hash/hasher.hpp"
#include "os/file.hpp"

#include <functional>
#include <stop_token>

namespace civitai::engine {

// Digests of a file on disk. `on_progress(bytes)` may be empty.
[[nodiscard]] Result<hash::Digests> digest_file(const os::Path& path, hash::Kinds kinds, os::FileSystem& files,
                                                const std::function<void(ByteCount)>& on_progress,
                                                const std::stop_token& stop);

}  // namespace civitai::engine
