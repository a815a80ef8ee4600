// Which models of the library have newer versions on the site, and which the site has no more.
#pragma once

#include "api/client.hpp"
#include "domain/library_entry.hpp"
#include "engine/observer.hpp"
#include "engine/scan.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace civitai::engine {

// What a newer version may be made for.
enum class Successor { same_base_model, any_base_model };

// A version that follows one of the library.
struct NewerVersion {
  std::vector<LibraryEntry> owned;  // the files of the version that it follows; never empty
  Model model;                      // as the site has it by now, without versions
  ModelVersion version;             // whole, with `raw`
};

struct GoneModel {
  enum class Why { unknown, archived, taken_down };  // unknown: the site does not find it
  Why why = Why::unknown;
  ModelId id;
  std::string name;
  std::size_t files = 0;  // of it in the library
};

[[nodiscard]] std::string_view to_string(GoneModel::Why why);  // "not on the site any more", …
[[nodiscard]] std::string_view to_word(GoneModel::Why why);    // "gone", "archived", "taken_down"

struct OutdatedReport {
  int models = 0;                   // that were compared
  std::vector<NewerVersion> newer;  // in the order of the library
  std::vector<GoneModel> gone;
  std::optional<Error> trouble;  // what ended the comparison early; what was found before is kept
};

// The newest version of each line that is not in the library and newer than what is. A line is what the library has of
// a model for one base model, or all of it. Versions that were deleted on purpose are not missed. Pure.
[[nodiscard]] std::vector<NewerVersion> newer_versions(const Model& model, const std::vector<LibraryEntry>& owned,
                                                       const std::unordered_set<VersionId>& deleted,
                                                       Successor successor);

// Compares the downloaded entries with the site: a hundred models with one request, those that a list leaves out one by
// one. Fails as a whole only when the first request fails for good or it is stopped.
[[nodiscard]] Result<OutdatedReport> find_outdated(const std::vector<LibraryEntry>& library,
                                                   const std::unordered_set<VersionId>& deleted, Successor successor,
                                                   api::Client& client, Observer& observer,
                                                   const std::stop_token& stop);

// The newer versions as a scan finds them, ready to be planned. Of a version the files are taken that are of a type the
// library has of the one before, if there are such; `filter` may leave out more.
[[nodiscard]] ScanResult scan_of(const std::vector<NewerVersion>& newer, const FileFilter& filter, SystemTime now);

// Which files give way to which: an old one to every file of its successor that `scan` holds.
struct Succession {
  std::vector<LibraryEntry> old;
  std::unordered_map<FileId, std::vector<FileId>> successors;  // of each old file
};
[[nodiscard]] Succession succession_of(const std::vector<NewerVersion>& newer, const ScanResult& scan);

}  // namespace civitai::engine
