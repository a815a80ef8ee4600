// Cleaning up below the root of the downloads: what broken runs left behind and, when asked for, torrents and magnets.
//
// Two steps, so that a person can look at what was found in between; the second looks again before it removes anything.
// Symbolic links are neither followed nor removed.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/file.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::engine {

struct CleanPolicy {
  bool torrents = false;
  bool magnets = false;
  bool keep_resumable = false;
  std::optional<SystemTime> changed_before = {};  // what changed at this time or later stays
};

struct Remain {
  enum class Kind {
    partial,    // of a download, with or without its journal
    journal,    // without its partial file
    rejected,   // bytes that were not what was promised
    temporary,  // any other *.tmp
    torrent,
    magnet,
  };
  enum class Kept { in_use, too_young, resumable };

  os::Path path = {};                    // below the root
  std::optional<os::Path> journal = {};  // of a partial file, below the root; goes with it
  Kind kind = Kind::temporary;
  ByteCount size = {};  // of both
  SystemTime changed = {};
  ByteCount resumable = {};  // bytes that the journal vouches for
  std::optional<Kept> kept = {};
};

[[nodiscard]] std::string_view to_string(Remain::Kind kind);  // "partial", …: also for JSON
[[nodiscard]] std::string_view to_string(Remain::Kept kept);  // "in use", …
[[nodiscard]] std::string_view to_word(Remain::Kept kept);    // "in_use", …

struct Remains {
  os::Path root;                // absolute, without symbolic links
  std::vector<Remain> found;    // by path
  std::vector<Error> troubles;  // folders that cannot be read

  [[nodiscard]] std::size_t count() const;  // of those that are not kept
  [[nodiscard]] ByteCount size() const;     // the same
};

// Error of kind not_found when there is no such folder, cancelled.
[[nodiscard]] Result<Remains> find_remains(const os::Path& root, const CleanPolicy& policy,
                                           const std::stop_token& stop);

struct CleanReport {
  std::size_t files = 0;
  ByteCount bytes;
  std::size_t folders = 0;   // that were left empty
  std::size_t taken_up = 0;  // in use by now, or gone: left alone
  std::vector<Error> errors;
  bool stopped = false;
};

// Removes what is not kept, and folders that are empty for it, never the root.
[[nodiscard]] CleanReport remove_remains(const Remains& remains, const std::stop_token& stop);

}  // namespace civitai::engine
