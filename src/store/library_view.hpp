// Looking into the library: lists, search, everything about one entry, statistics.
//
// Reads only, through a connection of its own, beside whoever writes. One LibraryView may be used from several threads:
// calls are serialised. Errors are those of store/library.hpp.
#pragma once

#include "base/result.hpp"
#include "domain/library_entry.hpp"
#include "store/library.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::store {

// Which entries are listed: those that meet every list that is not empty. Words compare whatever their letter case.
struct EntryFilter {
  std::vector<EntryStatus> statuses = {};
  std::vector<std::string> types = {};
  std::vector<std::string> base_models = {};
  std::vector<std::string> creators = {};
};

// By model name, version id, file id where nothing else tells two apart. The largest and the latest come first.
enum class EntryOrder { name, size, updated, type, base_model, creator, status, path };

struct SearchResult {
  std::vector<LibraryEntry> entries;  // best first
  bool more = false;                  // there are more than were asked for
};

// Everything about one file.
struct EntryDetails {
  LibraryEntry entry;
  std::vector<std::string> tags;
  std::vector<std::string> trained_words;
  Hashes published;
  Hashes computed;       // over the bytes here
  bool present = false;  // was here, complete and proven, when last looked at
  std::string proof_kind;
  std::string proof_value;
  std::optional<SystemTime> verified_at;
  SystemTime added_at;
  bool has_document = false;
};

struct Statistics {
  struct Group {
    std::string name;
    std::int64_t files = 0;
    ByteCount bytes;  // downloaded
  };
  // The same content under several paths.
  struct Duplicate {
    std::string sha256_or_blake3;
    ByteCount size;
    std::vector<std::string> paths;
  };
  std::int64_t models = 0;
  std::int64_t versions = 0;
  std::int64_t creators = 0;
  std::int64_t files = 0;
  ByteCount bytes;  // downloaded
  std::vector<Group> statuses;
  std::vector<Group> types;        // largest first
  std::vector<Group> base_models;  // largest first
  std::vector<Duplicate> duplicates;
};

// A file that can be checked, in little room: a library may have very many.
struct CheckTarget {
  FileId file;
  ByteCount size;
  SystemTime verified_at;  // 1970: never
  bool present = false;    // was here, complete and proven, when last looked at
};

class LibraryView {
 public:
  // As Library::open with Mode::read_only; a library of an older version is brought up to date first, where that can be
  // written.
  [[nodiscard]] static Result<LibraryView> open(const Path& database);

  LibraryView(LibraryView&&) noexcept;
  LibraryView& operator=(LibraryView&&) noexcept;
  ~LibraryView();

  // Calls `visit` for each entry. It must not call back.
  using Visit = std::function<void(const LibraryEntry&)>;
  [[nodiscard]] Status list(const EntryFilter& filter, EntryOrder order, const Visit& visit);
  // Entries whose model name, version name, file name, creator, tags or trigger words contain every word of the query,
  // letter case ignored. At most `limit`, 0: all. A query without a word finds all.
  [[nodiscard]] Result<SearchResult> search(std::string_view query, std::size_t limit);
  // The files that a person means by "v_123", the id of a version, a file or a model, a hash, a path: the first of
  // these that the library knows. Error of kind not_found otherwise.
  [[nodiscard]] Result<std::vector<FileId>> resolve(std::string_view key);
  [[nodiscard]] Result<std::optional<EntryDetails>> details(FileId file);
  [[nodiscard]] Result<Statistics> statistics();
  // All files, largest first.
  [[nodiscard]] Result<std::vector<CheckTarget>> check_targets();
  // Calls `visit` for the place of each file that is Downloaded, in the order of the places. It must not call back.
  [[nodiscard]] Status downloaded_paths(const std::function<void(std::string_view path)>& visit);
  // Copies the library, as it is now, into the new file `target`, with missing folders above it. Error of kind usage
  // when something is there already. On failure there is no `target`.
  [[nodiscard]] Status back_up(const Path& target);

 private:
  class Implementation;
  explicit LibraryView(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::store
