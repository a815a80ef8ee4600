#include "store/hash_cache.hpp"

#include "store/open.hpp"
#include "store/sqlite.hpp"
#include "store/tables.hpp"

#include <utility>

namespace civitai::store {
namespace {

constexpr std::string_view select_hash =
    "SELECT sha256, blake3 FROM hash_cache WHERE device = ?1 AND inode = ?2 AND size = ?3 AND modified_ns = ?4";

// Another file, or other bytes, may have been there before.
constexpr std::string_view upsert_hash = R"sql(
INSERT INTO hash_cache (device, inode, size, modified_ns, sha256, blake3) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (device, inode) DO UPDATE SET
  sha256 = iif(excluded.sha256 = '' AND size = excluded.size AND modified_ns = excluded.modified_ns,
               sha256, excluded.sha256),
  blake3 = iif(excluded.blake3 = '' AND size = excluded.size AND modified_ns = excluded.modified_ns,
               blake3, excluded.blake3),
  size = excluded.size, modified_ns = excluded.modified_ns
)sql";

}  // namespace

class HashCache::Implementation {
 public:
  Implementation(Connection opened, Library::Mode how) : connection(std::move(opened)), mode(how) {}
  Connection connection;
  Library::Mode mode;
};

HashCache::HashCache(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
HashCache::HashCache(HashCache&&) noexcept = default;
HashCache& HashCache::operator=(HashCache&&) noexcept = default;
HashCache::~HashCache() = default;

Result<HashCache> HashCache::open(const os::Path& database, Library::Mode mode) {
  auto connection = open_database(database, mode);
  if (!connection) return fail(connection.error());
  return HashCache(std::make_unique<Implementation>(std::move(*connection), mode));
}

Result<Hashes> HashCache::find(const os::FileStamp& stamp) {
  auto query = implementation_->connection.query(select_hash,
                                                 {stamp.device, stamp.inode, column_of(stamp.size), stamp.modified_ns});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  Hashes hashes;
  if (!*row) return hashes;
  hashes.set(HashKind::sha256, query->text(0));
  hashes.set(HashKind::blake3, query->text(1));
  return hashes;
}

Status HashCache::remember(std::span<const CachedHash> hashes) {
  if (implementation_->mode == Library::Mode::read_only) return {};
  Connection& connection = implementation_->connection;
  auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  for (const CachedHash& one : hashes) {
    if (auto done = keep_hashes(connection, one.stamp, one.hashes); !done) return done;
  }
  return transaction->commit();
}

Status keep_hashes(Connection& connection, const os::FileStamp& stamp, const Hashes& hashes) {
  const std::string& sha256 = hashes.get(HashKind::sha256);
  const std::string& blake3 = hashes.get(HashKind::blake3);
  if (sha256.empty() && blake3.empty()) return {};
  const auto done = connection.run(
      upsert_hash, {stamp.device, stamp.inode, column_of(stamp.size), stamp.modified_ns, sha256, blake3});
  return done ? Status{} : fail(done.error());
}

}  // namespace civitai::store
