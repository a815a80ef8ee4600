// Taking model files into the library that are on the disk already: recognised by their content, not moved, not
// fetched.
//
// Each file is read once (engine/model_files.hpp). What the library knows by hash needs no question to the site; the
// rest is looked up by 10,000 hashes at a time, and the models behind them by 100. Of several files of the site with
// the same content the one is taken that folder and name on the disk tell of, else the oldest. Safe to interrupt at any
// moment and to repeat: what was hashed and recorded is not done again.
#pragma once

#include "engine/model_files.hpp"
#include "engine/tools.hpp"
#include "store/library.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::engine {

enum class AdoptOutcome {
  known,      // recorded already, where it is
  adopted,    // recorded now
  found,      // the library had it at another place, where it is no more: recorded where it is
  duplicate,  // the library has the same file at another place
  unknown,    // the site does not know it
  unread,     // could not be hashed
};
[[nodiscard]] std::string_view to_string(AdoptOutcome outcome);

struct AdoptedFile {
  AdoptOutcome outcome = AdoptOutcome::unread;
  os::Path path;
  ByteCount size;
  std::string sha256 = {};
  LibraryEntry entry = {};             // the file of the site, but for unknown and unread
  std::optional<os::Path> other = {};  // of a duplicate: where the library has it; of a found one: where it was
};

struct AdoptReport {
  std::vector<AdoptedFile> files;  // by path
  std::vector<std::string> notices;
  [[nodiscard]] std::size_t count(AdoptOutcome outcome) const;
};

struct AdoptTools {
  api::Client& site;
  store::Library* library;  // this and the cache: null where there is none yet, for mode look_only
  store::HashCache* cache;
  os::FileSystem& files;
  std::function<void(const HashProgress&)> on_hashing = {};
  std::function<void(std::string_view what)> on_step = {};  // what begins now, for a person
};

enum class AdoptMode { record, look_only };

// `folder` is absolute. Mode look_only records nothing; nor does it remember hashes, unless the cache can be written.
[[nodiscard]] Result<AdoptReport> adopt(const os::Path& folder, AdoptMode mode, const AdoptTools& tools,
                                        const std::stop_token& stop);

// How a file is recorded that was recognised by its content.
[[nodiscard]] store::DownloadedRecord record_of_present(FileId file, const os::Path& path, ByteCount size,
                                                        const std::string& sha256);

}  // namespace civitai::engine
