// The library: what is known about every file ever wanted, in one SQLite database.
//
// Takes and returns domain values; SQL stays inside. WAL with synchronous=FULL, so a recorded fact survives power loss;
// a second process is safe (busy writers wait, at most `busy_timeout`). One Library object may be used from several
// threads: calls are serialised. Errors name the database and what can be done: locked, read-only, damaged, from a
// newer version.
#pragma once

#include "base/result.hpp"
#include "domain/library_entry.hpp"
#include "domain/model.hpp"
#include "os/stamp.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace civitai::store {

using Path = std::filesystem::path;

// gzip of the version's JSON as received; made by `compress` of store/gzip.hpp.
struct RawDocument {
  std::string gzip;
};

// Everything recorded when a file is taken up.
struct FileRecord {
  LibraryEntry entry;
  std::vector<std::string> tags;           // of the model
  std::vector<std::string> trained_words;  // of the version
  RawDocument version_document;            // may be empty
};

// How a file got its verdict, kept for later verification.
struct Proof {
  std::string kind;   // "SHA256", "BLAKE3", … or "length" when the site publishes no hash
  std::string value;  // the computed digest; empty for "length"
};

// A file lies at `path`, complete and proven.
struct DownloadedRecord {
  FileId file;
  Path path;
  ByteCount size;
  Hashes computed;  // over the bytes at `path`, whatever the site published
  Proof proof;
  // Of the file that was hashed: by it and the hashes it is known again under another name (store/hash_cache.hpp).
  std::optional<os::FileStamp> stamp = {};
};

// A file could not be had, or what was had is no longer good.
struct ErrorRecord {
  FileId file;
  std::string why;
};

// A downloaded file was read again and is what it was.
struct VerifiedRecord {
  FileId file;
  Hashes computed;
  Proof proof;
  std::optional<os::FileStamp> stamp = {};
};

// A file that was here, complete and proven, lies elsewhere now and was not changed. When it was last proven stays.
struct MovedRecord {
  FileId file;
  Path path;
};

using Record = std::variant<FileRecord, DownloadedRecord, ErrorRecord, VerifiedRecord, MovedRecord>;

// A file that a person took away on purpose.
struct DeletedFile {
  FileId file;
  VersionId version;
  ModelId model;
  SystemTime deleted_at;
};
// The database file that is meant by `named`: beside the Bitcask directory of the original program, which stays as it
// is, one of the same name with ".sqlite" behind it; otherwise `named` itself.
[[nodiscard]] Path library_file(const Path& named);

class Library {
 public:
  enum class Mode { read_write, read_only };

  // Opens or creates the database (see library_file), with missing folders above it, and brings its schema up to date
  // (numbered migrations, each in one transaction). Mode read_only never creates: a missing file is an error of kind
  // not_found. A file or folder of another program is refused (usage) and left as it is; so is a library of a newer
  // version.
  [[nodiscard]] static Result<Library> open(const Path& database, Mode mode);

  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();

  // Inserts or refreshes model, version and file, with status Pending and the wanted path; the three ids must be set. A
  // file that is Downloaded keeps status, path and time until `record_downloaded` or `record_error` says otherwise.
  // A file that was marked as deleted is one of the library again, wanted anew.
  // What a record leaves empty never replaces what is known; published hashes are replaced as one set.
  [[nodiscard]] Status record_pending(const FileRecord& record);
  // The file lies at `path`, complete and proven. `computed` is kept beside the published hashes, never in their place.
  // Error of kind not_found for a file that was never recorded; the same for record_error.
  [[nodiscard]] Status record_downloaded(FileId file, const Path& path, ByteCount size, const Hashes& computed,
                                         const Proof& proof);
  // Path and proof of a downloaded file are kept.
  [[nodiscard]] Status record_error(FileId file, std::string_view why);
  // As the three above, or that a file is still proven or was moved, in this order and in one commit: all are recorded
  // or none. For many small files, where a flush for each would cost more than its transfer.
  [[nodiscard]] Status record_all(std::span<const Record> records);

  // The files were taken away on purpose: they are no entries any more, until they are unmarked or recorded again. Then
  // they are what they were before. Files that the library does not know are passed over. All of them or none.
  [[nodiscard]] Status mark_deleted(std::span<const FileId> files);
  [[nodiscard]] Status unmark_deleted(std::span<const FileId> files);
  // Those marked by now, by file id.
  [[nodiscard]] Result<std::vector<DeletedFile>> deleted();

  [[nodiscard]] Result<std::optional<LibraryEntry>> find(FileId file);
  // Whether another file than this one is recorded as Downloaded at `path`.
  [[nodiscard]] Result<bool> is_taken(const Path& path, FileId file);
  // All entries, by model name, version id, file id.
  [[nodiscard]] Result<std::vector<LibraryEntry>> entries();
  // The version's JSON as received, uncompressed; nullopt when none is kept.
  [[nodiscard]] Result<std::optional<std::string>> version_document(VersionId version);

 private:
  class Implementation;
  explicit Library(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::store
