#include "store/transfer_desk.hpp"

#include "base/format.hpp"
#include "store/gzip.hpp"
#include "store/open.hpp"
#include "store/search_index.hpp"
#include "store/tables.hpp"
#include "store/whole_entries.hpp"

#include <utility>

namespace civitai::store {

class TransferDesk::Implementation {
 public:
  explicit Implementation(Connection opened) : connection(std::move(opened)) {}
  Connection connection;
};

TransferDesk::TransferDesk(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
TransferDesk::TransferDesk(TransferDesk&&) noexcept = default;
TransferDesk& TransferDesk::operator=(TransferDesk&&) noexcept = default;
TransferDesk::~TransferDesk() = default;

Result<TransferDesk> TransferDesk::open(const Path& database, Library::Mode mode) {
  auto connection = open_database(database, mode);
  if (!connection) return fail(connection.error());
  return TransferDesk(std::make_unique<Implementation>(std::move(*connection)));
}

Status TransferDesk::each(const Visit& visit) {
  auto transaction = Transaction::begin(implementation_->connection, Transaction::Kind::read);
  if (!transaction) return fail(transaction.error());
  return each_whole_entry(implementation_->connection, visit);
}

Result<TakenOver> TransferDesk::take_over(std::span<const WholeEntry> entries) {
  Connection& connection = implementation_->connection;
  auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  TakenOver taken;
  for (const WholeEntry& entry : entries) {
    if (auto done = put_whole_entry(connection, entry, taken); !done) return fail(done.error());
  }
  if (auto done = update_search_index(connection); !done) return fail(done.error());
  if (auto done = transaction->commit(); !done) return fail(done.error());
  return taken;
}

Status TransferDesk::each_image(const ImageVisit& visit) {
  return each_archived_image(implementation_->connection, [&](const ArchivedImage& image) -> Status {
    if (image.document.gzip.empty()) return visit(image, "");
    const auto document = decompress(image.document.gzip, largest_image_document);
    if (!document) return fail(document, format("document of image {}", image.image.id.value));
    return visit(image, *document);
  });
}

Result<std::size_t> TransferDesk::take_over(std::span<const ArchivedImage> images) {
  Connection& connection = implementation_->connection;
  auto transaction = Transaction::begin(connection, Transaction::Kind::write);
  if (!transaction) return fail(transaction.error());
  std::size_t added = 0;
  for (const ArchivedImage& image : images) {
    const auto put = put_archived_image(connection, image);
    if (!put) return fail(put.error());
    if (*put) ++added;
  }
  if (auto done = transaction->commit(); !done) return fail(done.error());
  return added;
}

Result<std::optional<SourceState>> TransferDesk::source(const Path& path) {
  return find_source(implementation_->connection, path.native());
}

Status TransferDesk::note_source(const Path& path, SourceState state) {
  return put_source(implementation_->connection, path.native(), state, RealClock().now());
}

}  // namespace civitai::store
