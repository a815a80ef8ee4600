// Fetching one file into its partial file, hashing behind the write front.
//
// The caller's thread resolves the link, decides about retries, hashes and writes checkpoints; the HTTP client's thread
// receives and writes. The hash reads each byte back from the page cache right behind the front, in order, once: that
// costs a copy in memory, needs no queue between the threads, and serves resumed and out-of-order bytes alike.
#pragma once

#include "engine/partial_file.hpp"
#include "engine/tools.hpp"
#include "engine/verdict.hpp"

#include <optional>
#include <string>

namespace civitai::engine {

struct TransferJob {
  std::size_t item = 0;  // for the observer
  VersionId version;
  const ModelFile* file = nullptr;
  Promise promise;
  os::Path partial;
};

struct Transferred {
  PartialFile partial;  // complete, not yet flushed
  hash::Digests digests;
  hash::Kinds computed = hash::Kinds::none;
  std::optional<std::string> server_name;
  ByteCount fetched;  // received over the network in this run
};

// Runs until every byte is in the partial file, or for good or for now it cannot go on. After an error what has arrived
// is journalled for the next run.
[[nodiscard]] Result<Transferred> transfer(const TransferJob& job, const Tools& tools, const std::stop_token& stop);

// Digests of a file on disk. `on_progress(bytes)` may be empty.
[[nodiscard]] Result<hash::Digests> digest_file(const os::Path& path, hash::Kinds kinds, os::FileSystem& files,
                                                const std::function<void(ByteCount)>& on_progress,
                                                const std::stop_token& stop);

}  // namespace civitai::engine
