#include "store/library.hpp"

#include "base/guarded.hpp"
#include "store/open.hpp"
#include "store/search_index.hpp"
#include "store/tables.hpp"

namespace civitai::store {
namespace {

// Who records a file that was taken away wants it again; where it was before says nothing any more.
Status take_up_again(Connection& connection, FileId file, SystemTime now) {
  const Result<bool> dropped = drop_deletion(connection, file);
  if (!dropped) return fail(dropped.error());
  return *dropped ? set_status(connection, file, EntryStatus::pending, "", now) : Status{};
}

Status put(Connection& connection, const FileRecord& record, SystemTime now) {
  const LibraryEntry& entry = record.entry;
  if (!entry.file_id || !entry.version_id || !entry.model_id) {
    return fail(ErrorKind::internal, "a library record needs the ids of model, version and file");
  }
  if (auto done = take_up_again(connection, entry.file_id, now); !done) return done;
  if (auto done = put_model(connection, record); !done) return done;
  if (auto done = put_version(connection, record); !done) return done;
  if (auto done = put_document(connection, entry.version_id, record.version_document); !done) return done;
  const Result<EntryStatus> status = put_file(connection, entry, now);
  if (!status) return fail(status.error());
  if (*status == EntryStatus::downloaded) return {};
  return want_placement(connection, entry.file_id, entry.path);
}

Status put(Connection& connection, const DownloadedRecord& record, SystemTime now) {
  if (auto done = drop_deletion(connection, record.file); !done) return fail(done.error());
  if (auto done = set_status(connection, record.file, EntryStatus::downloaded, "", now); !done) return done;
  if (auto done = fill_placement(connection, record, now); !done) return done;
  return record.stamp ? keep_hashes(connection, *record.stamp, record.computed) : Status{};
}

Status put(Connection& connection, const ErrorRecord& record, SystemTime now) {
  return set_status(connection, record.file, EntryStatus::error, record.why, now);
}

Status put(Connection& connection, const VerifiedRecord& record, SystemTime now) {
  if (auto done = renew_proof(connection, record, now); !done) return done;
  return record.stamp ? keep_hashes(connection, *record.stamp, record.computed) : Status{};
}

Status put(Connection& connection, const MovedRecord& record, SystemTime now) {
  if (auto done = set_status(connection, record.file, EntryStatus::downloaded, "", now); !done) return done;
  return move_placement(connection, record);
}

}  // namespace

class Library::Implementation {
 public:
  explicit Implementation(Connection connection) : connection_(std::move(connection)) {}
  Guarded<Connection>& connection() { return connection_; }

  // Runs `work(connection, now)` in a transaction and commits when it succeeds.
  template <class Work>
  Status write(Work&& work) {
    return connection_.with([&](Connection& connection) -> Status {
      auto transaction = Transaction::begin(connection, Transaction::Kind::write);
      if (!transaction) return fail(transaction.error());
      if (Status done = work(connection, RealClock().now()); !done) return done;
      if (Status done = update_search_index(connection); !done) return done;
      return transaction->commit();
    });
  }

 private:
  Guarded<Connection> connection_;
};

Library::Library(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

Result<Library> Library::open(const Path& database, Mode mode) {
  auto connection = open_database(database, mode);
  if (!connection) return fail(connection.error());
  return Library(std::make_unique<Implementation>(std::move(*connection)));
}

Status Library::record_pending(const FileRecord& record) {
  return implementation_->write([&](Connection& c, SystemTime now) { return put(c, record, now); });
}

Status Library::record_downloaded(FileId file, const Path& path, ByteCount size, const Hashes& computed,
                                  const Proof& proof) {
  const DownloadedRecord record{file, path, size, computed, proof};
  return implementation_->write([&](Connection& c, SystemTime now) { return put(c, record, now); });
}

Status Library::record_error(FileId file, std::string_view why) {
  const ErrorRecord record{file, std::string(why)};
  return implementation_->write([&](Connection& c, SystemTime now) { return put(c, record, now); });
}

Status Library::record_all(std::span<const Record> records) {
  return implementation_->write([&](Connection& c, SystemTime now) -> Status {
    for (const Record& record : records) {
      auto done = std::visit([&](const auto& one) { return put(c, one, now); }, record);
      if (!done) return done;
    }
    return {};
  });
}

Status Library::mark_deleted(std::span<const FileId> files) {
  return implementation_->write([&](Connection& c, SystemTime now) -> Status {
    for (const FileId file : files) {
      if (auto done = put_deletion(c, file, now); !done) return done;
    }
    return {};
  });
}

Status Library::unmark_deleted(std::span<const FileId> files) {
  return implementation_->write([&](Connection& c, SystemTime) -> Status {
    for (const FileId file : files) {
      if (auto done = drop_deletion(c, file); !done) return fail(done.error());
    }
    return {};
  });
}

Result<std::vector<DeletedFile>> Library::deleted() { return implementation_->connection().with(all_deletions); }

Result<std::optional<LibraryEntry>> Library::find(FileId file) {
  return implementation_->connection().with([&](Connection& c) { return find_entry(c, file); });
}

Result<bool> Library::is_taken(const Path& path, FileId file) {
  return implementation_->connection().with([&](Connection& c) { return is_place_taken(c, path.native(), file); });
}

Result<std::vector<LibraryEntry>> Library::entries() { return implementation_->connection().with(all_entries); }

Result<std::optional<std::string>> Library::version_document(VersionId version) {
  return implementation_->connection().with([&](Connection& c) { return get_document(c, version); });
}

}  // namespace civitai::store
