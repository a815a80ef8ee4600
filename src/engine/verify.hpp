// Verifying the library: every file that it knows, several at once, without ever holding all of them in memory.
//
// What is found is recorded as it is found: a proof with its time, so that an interrupted run is continued by leaving
// out what was proven since it began; and what is missing or wrong as an error, so that nothing says Downloaded that is
// not. Files are read only; what a crash has left beside one when it took the place of a wrong file goes when it is
// proven. Safe to be killed at any moment.
#pragma once

#include "engine/check.hpp"
#include "engine/lost_folders.hpp"
#include "store/library_view.hpp"

#include <atomic>
#include <map>
#include <vector>

namespace civitai::engine {

enum class VersionDocuments { leave, complete };
enum class Recording { keep, none };  // none: for a library that cannot be written

struct VerifyOptions {
  Depth depth = Depth::hash;
  std::optional<SystemTime> proven_since = {};           // files proven at that time or later are left out
  double share = 1;                                      // of the files, those first whose proof is oldest
  VersionDocuments documents = VersionDocuments::leave;  // the version's JSON beside each file that is there
  Recording recording = Recording::keep;
  std::vector<LostFolder> lost = {};  // what was here below them is unreachable, whatever lies there
  unsigned threads = 0;               // 0: one for each core
};

// How far it is; may be read at any time.
struct VerifyProgress {
  std::atomic<std::uint64_t> files_total{0};
  std::atomic<std::uint64_t> bytes_total{0};
  std::atomic<std::uint64_t> files{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> problems{0};
};

// A file that is not as it should be.
struct Problem {
  LibraryEntry entry;  // as it was before
  bool was_here = false;
  FileState state = FileState::missing;
  std::string detail;
};

// Whether fetching the file again would help. What cannot be read or reached may be well, and is left alone.
[[nodiscard]] bool can_be_fetched(const Problem& problem);

struct VerifyReport {
  std::map<FileState, std::size_t> counts;
  std::size_t left_out = 0;       // by proven_since and share
  std::size_t healed = 0;         // of the proven ones: were not recorded as downloaded before
  ByteCount bytes;                // read
  std::vector<Problem> problems;  // all that are neither proven nor found, by path
  std::size_t documents_present = 0;
  std::size_t documents_written = 0;
  std::vector<Error> document_errors;
  std::optional<Error> stopped_by;  // why it ended before the last file

  [[nodiscard]] std::size_t count(FileState state) const;
};

struct VerifyTools {
  store::Library& library;
  store::LibraryView& view;
  os::FileSystem& files;
  const Clock& clock;
};

// Which files a run looks at, largest first: that keeps all threads busy to the end. Pure.
[[nodiscard]] std::vector<store::CheckTarget> choose_targets(std::vector<store::CheckTarget> all,
                                                             const VerifyOptions& options);

// Error only when the library cannot be read at all.
[[nodiscard]] Result<VerifyReport> verify(const VerifyOptions& options, const VerifyTools& tools,
                                          VerifyProgress& progress, const std::stop_token& stop);
// As verify, for these files alone; the options that choose among files are not looked at.
[[nodiscard]] Result<VerifyReport> verify_files(const std::vector<FileId>& files, const VerifyOptions& options,
                                                const VerifyTools& tools, VerifyProgress& progress,
                                                const std::stop_token& stop);

}  // namespace civitai::engine
