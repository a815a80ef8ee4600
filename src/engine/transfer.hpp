// Fetching one file into its partial file, over as many connections as help, hashing behind the write front.
//
// The caller's thread is in charge: it asks for the link, decides who fetches what, handles what goes wrong, and hashes
// (engine/front_hash.hpp says why there). The HTTP client's thread receives and writes; flushing has a thread of its
// own where there is much to flush. Work is handed out near the front of the file, so that the hash is never far
// behind.
#pragma once

#include "engine/partial_file.hpp"
#include "engine/segment.hpp"
#include "engine/shared_link.hpp"
#include "engine/tools.hpp"
#include "engine/verdict.hpp"

#include <functional>
#include <optional>
#include <string>

namespace civitai::engine {

// A web page in the place of a file is trouble at the site, unless the file is one itself.
enum class WebPages { are_trouble, are_content };

// What a file of unknown length most likely is: a small one shares its connection from the start.
enum class Expected { large, small };

struct TransferJob {
  std::size_t item = 0;  // for the observer
  std::string name;      // for messages, fit for a screen
  std::string identity;  // by which the journal knows the file again: one word, the same in every run
  Promise promise = {};
  os::Path partial;
  LinkSource link;
  WebPages web_pages = WebPages::are_trouble;
  Expected expected = Expected::large;
  std::optional<hash::Kinds> kinds = {};  // digests to compute; nothing: those that can prove the promise
  // Told when a link does not lead to the bytes; an error ends the transfer. Empty: another link is asked for.
  std::function<Status(const SegmentEnd& end)> on_refusal = {};
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

}  // namespace civitai::engine
