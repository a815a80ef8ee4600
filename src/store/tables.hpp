// What the store does with each table; one source file per table. Internal to the store.
//
// All functions work inside the caller's transaction. Text that a record leaves empty, and numbers and hashes it does
// not know, never replace what is known.
#pragma once

#include "store/image_archive.hpp"
#include "store/library.hpp"
#include "store/library_view.hpp"
#include "store/sqlite.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::store {

// models.cpp
[[nodiscard]] Status put_model(Connection& connection, const FileRecord& record);

// versions.cpp
[[nodiscard]] Status put_version(Connection& connection, const FileRecord& record);

// version_documents.cpp
// No version of the site comes near; it guards against a damaged length, not against big documents.
inline constexpr std::size_t largest_version_document = std::size_t{256} << 20U;
[[nodiscard]] Status put_document(Connection& connection, VersionId version, const RawDocument& document);
[[nodiscard]] Result<std::optional<std::string>> get_document(Connection& connection, VersionId version);

// files.cpp: the status a file has after the call is the answer of put_file.
[[nodiscard]] Result<EntryStatus> put_file(Connection& connection, const LibraryEntry& entry, SystemTime now);
// Error of kind not_found for a file that the library does not know.
[[nodiscard]] Status set_status(Connection& connection, FileId file, EntryStatus status, std::string_view error,
                                SystemTime now);

// placements.cpp: both speak of the current placement and make it when there is none.
[[nodiscard]] Status want_placement(Connection& connection, FileId file, std::string_view path);
[[nodiscard]] Status fill_placement(Connection& connection, const DownloadedRecord& record, SystemTime now);

// deletions.cpp: putting a file that the library does not know does nothing; dropping tells whether there was one.
[[nodiscard]] Status put_deletion(Connection& connection, FileId file, SystemTime now);
[[nodiscard]] Result<bool> drop_deletion(Connection& connection, FileId file);
[[nodiscard]] Result<std::vector<DeletedFile>> all_deletions(Connection& connection);

// entries.cpp: the view over all of them.
[[nodiscard]] Result<std::optional<LibraryEntry>> find_entry(Connection& connection, FileId file);
[[nodiscard]] Result<bool> is_place_taken(Connection& connection, std::string_view path, FileId file);
[[nodiscard]] Result<std::vector<LibraryEntry>> all_entries(Connection& connection);
[[nodiscard]] Status list_entries(Connection& connection, const EntryFilter& filter, EntryOrder order,
                                  const LibraryView::Visit& visit);

// details.cpp
enum class KeyKind { version, file, model, hash, path };
// What a person may mean by the key, in the order in which it is tried.
[[nodiscard]] std::vector<KeyKind> meanings_of(std::string_view key);
[[nodiscard]] Result<std::vector<FileId>> files_by_key(Connection& connection, KeyKind kind, std::string_view key);
[[nodiscard]] Result<std::optional<EntryDetails>> entry_details(Connection& connection, FileId file);

// statistics.cpp
[[nodiscard]] Result<Statistics> library_statistics(Connection& connection);

// placements.cpp, for verification.
[[nodiscard]] Status renew_proof(Connection& connection, const VerifiedRecord& record, SystemTime now);
[[nodiscard]] Status move_placement(Connection& connection, const MovedRecord& record);
[[nodiscard]] Result<std::vector<CheckTarget>> all_check_targets(Connection& connection);
[[nodiscard]] Status visit_downloaded_paths(Connection& connection,
                                            const std::function<void(std::string_view path)>& visit);

// image_archive.cpp: all images by id; an image that is known stays as it is, and the answer is false.
[[nodiscard]] Status each_archived_image(Connection& connection,
                                         const std::function<Status(const ArchivedImage&)>& visit);
[[nodiscard]] Result<bool> put_archived_image(Connection& connection, const ArchivedImage& image);

// hash_cache.cpp
[[nodiscard]] Status keep_hashes(Connection& connection, const os::FileStamp& stamp, const Hashes& hashes);

// values.cpp: how domain values stand in columns.
[[nodiscard]] Value column_of(const Hashes& hashes, HashKind kind);  // NULL when unknown; borrows the text
[[nodiscard]] std::int64_t column_of(ByteCount bytes);
[[nodiscard]] std::int64_t column_of(SystemTime time);
[[nodiscard]] std::string one_per_line(const std::vector<std::string>& words);
[[nodiscard]] std::vector<std::string> words_of_lines(std::string_view lines);
// The six hashes that stand in columns from `first` on, in the order of the tables.
[[nodiscard]] Hashes hashes_at(const Query& row, int first);
// A list as json_each reads it: {"values": [...]}.
[[nodiscard]] std::string list_value(const std::vector<std::string>& texts);

}  // namespace civitai::store
