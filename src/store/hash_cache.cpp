#include "store/hash_cache.hpp"

#include "store/open.hpp"
#include "store/sqlite.hpp"
#include "store/tables.hpp"

#include <utility>

namespace civitai::store {
namespace {

constexpr std::string_view select_hash =
    "SELECT sha256 FROM hash_cache WHERE device = ?1 AND inode = ?2 AND size = ?3 AND modified_ns = ?4";

constexpr std::string_view upsert_hash =
    "INSERT OR REPLACE INTO hash_cache (device, inode, size, modified_ns, sha256) VALUES (?1, ?2, ?3, ?4, ?5)";

}  // namespace

class HashCache::Implementation {
 public:
  explicit Implementation(Connection opened) : connection(std::move(opened)) {}
  Connection connection;
};

HashCache::HashCache(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
HashCache::HashCache(HashCache&&) noexcept = default;
HashCache& HashCache::operator=(HashCache&&) noexcept = default;
HashCache::~HashCache() = default;

Result<HashCache> HashCache::open(const os::Path& database) {
  auto connection = open_database(database, Library::Mode::read_write);
  if (!connection) return fail(connection.error());
  return HashCache(std::make_unique<Implementation>(std::move(*connection)));
}

Result<std::optional<std::string>> HashCache::find(const os::FileStamp& stamp) {
  auto query = implementation_->connection.query(select_hash,
                                                 {stamp.device, stamp.inode, column_of(stamp.size), stamp.modified_ns});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return std::string(query->text(0));
}

Status HashCache::remember(std::span<const CachedHash> hashes) {
  Connection& connection = implementation_->connection;
  auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  for (const CachedHash& one : hashes) {
    const auto done = connection.run(
        upsert_hash, {one.stamp.device, one.stamp.inode, column_of(one.stamp.size), one.stamp.modified_ns, one.sha256});
    if (!done) return fail(done.error());
  }
  return transaction->commit();
}

}  // namespace civitai::store
