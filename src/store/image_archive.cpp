#include "store/image_archive.hpp"

#include "base/guarded.hpp"
#include "store/open.hpp"
#include "store/tables.hpp"

#include <functional>

namespace civitai::store {
namespace {

constexpr std::string_view select_ids = "SELECT id FROM images";

constexpr std::string_view select_path = "SELECT path FROM images WHERE id = ?1";

constexpr std::string_view upsert_image = R"sql(
INSERT INTO images (id, path, size, media_type, username, base_model, level, post_id, version_id, created_at, saved_at, json_gzip)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (id) DO UPDATE SET
  path = excluded.path, size = excluded.size, media_type = excluded.media_type, username = excluded.username,
  base_model = excluded.base_model, level = excluded.level, post_id = excluded.post_id,
  version_id = excluded.version_id, created_at = excluded.created_at, saved_at = excluded.saved_at,
  json_gzip = coalesce(excluded.json_gzip, json_gzip)
)sql";

// Everything that begins with the folder and a separator, by the index on paths: '0' follows '/'.
constexpr std::string_view select_below = R"sql(
SELECT id, path, size, media_type, username, base_model, level, post_id, version_id, created_at, saved_at, json_gzip
FROM images WHERE path > ?1 || '/' AND path < ?1 || '0' ORDER BY coalesce(created_at, saved_at) DESC, id DESC
)sql";

constexpr std::string_view select_all = R"sql(
SELECT id, path, size, media_type, username, base_model, level, post_id, version_id, created_at, saved_at, json_gzip
FROM images ORDER BY id
)sql";

constexpr std::string_view select_known = "SELECT 1 FROM images WHERE id = ?1";

template <class Id>
Value id_or_null(Id id) {
  return id ? Value(id.value) : Value();
}

Status put_image(Connection& connection, const ArchivedImage& row, SystemTime now) {
  const Image& image = row.image;
  const auto done = connection.run(
      upsert_image, {image.id.value, row.path.native(), column_of(row.size), image.media_type, image.username,
                     image.base_model, std::int64_t{image.level}, id_or_null(image.post_id),
                     image.version_ids.empty() ? Value() : id_or_null(image.version_ids.front()),
                     image.created_at ? Value(column_of(*image.created_at)) : Value(), column_of(now),
                     row.document.gzip.empty() ? Value() : Value(Blob(row.document.gzip))});
  if (!done) return fail(done.error());
  return {};
}

// The columns of select_below and select_all, in their order.
struct ImageColumn {
  enum { id, path, size, media_type, username, base_model, level, post_id, version_id, created_at, saved_at, document };
};

ArchivedImage image_of(const Query& row) {
  ArchivedImage found;
  Image& image = found.image;
  image.id = {row.integer(ImageColumn::id)};
  image.media_type = row.text(ImageColumn::media_type);
  image.username = row.text(ImageColumn::username);
  image.base_model = row.text(ImageColumn::base_model);
  image.level = static_cast<int>(row.integer(ImageColumn::level));
  image.post_id = {row.integer(ImageColumn::post_id)};
  if (row.integer(ImageColumn::version_id) > 0) image.version_ids.push_back({row.integer(ImageColumn::version_id)});
  if (row.integer(ImageColumn::created_at) > 0)
    image.created_at = SystemTime(Milliseconds(row.integer(ImageColumn::created_at)));
  found.path = std::string(row.text(ImageColumn::path));
  found.size = {static_cast<std::uint64_t>(row.integer(ImageColumn::size))};
  found.document = {std::string(row.blob(ImageColumn::document))};
  found.saved_at = SystemTime(Milliseconds(row.integer(ImageColumn::saved_at)));
  return found;
}

// Calls `take` for each row and ends with the error that it gives.
Status for_each_row(Result<Query> query, const std::function<Status(const Query&)>& take) {
  if (!query) return fail(query.error());
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return {};
    if (auto done = take(*query); !done) return done;
  }
}

}  // namespace

Status each_archived_image(Connection& connection, const std::function<Status(const ArchivedImage&)>& visit) {
  return for_each_row(connection.query(select_all), [&](const Query& row) { return visit(image_of(row)); });
}

Result<bool> put_archived_image(Connection& connection, const ArchivedImage& image) {
  auto query = connection.query(select_known, {image.image.id.value});
  if (!query) return fail(query.error());
  const Result<bool> known = query->next();
  if (!known) return fail(known.error());
  if (*known) return false;
  if (auto done = put_image(connection, image, image.saved_at); !done) return fail(done.error());
  return true;
}

class ImageArchive::Implementation {
 public:
  explicit Implementation(Connection opened) : connection(std::move(opened)) {}
  Guarded<Connection> connection;
};

ImageArchive::ImageArchive(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
ImageArchive::ImageArchive(ImageArchive&&) noexcept = default;
ImageArchive& ImageArchive::operator=(ImageArchive&&) noexcept = default;
ImageArchive::~ImageArchive() = default;

Result<ImageArchive> ImageArchive::open(const Path& database, Library::Mode mode) {
  auto connection = open_database(database, mode);
  if (!connection) return fail(connection.error());
  return ImageArchive(std::make_unique<Implementation>(std::move(*connection)));
}

Result<std::unordered_set<ImageId>> ImageArchive::ids() {
  std::unordered_set<ImageId> found;
  const Status read = implementation_->connection.with([&](Connection& c) {
    return for_each_row(c.query(select_ids), [&](const Query& row) {
      found.insert({row.integer(0)});
      return Status{};
    });
  });
  if (!read) return fail(read.error());
  return found;
}

Result<std::optional<Path>> ImageArchive::path_of(ImageId image) {
  std::optional<Path> found;
  const Status read = implementation_->connection.with([&](Connection& c) {
    return for_each_row(c.query(select_path, {image.value}), [&](const Query& row) {
      found = std::string(row.text(0));
      return Status{};
    });
  });
  if (!read) return fail(read.error());
  return found;
}

Status ImageArchive::record(std::span<const ArchivedImage> images) {
  return implementation_->connection.with([&](Connection& c) -> Status {
    auto transaction = Transaction::begin(c, Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    const SystemTime now = RealClock().now();
    for (const ArchivedImage& image : images) {
      if (auto done = put_image(c, image, now); !done) return done;
    }
    return transaction->commit();
  });
}

Result<std::vector<ArchivedImage>> ImageArchive::below(const Path& folder) {
  std::vector<ArchivedImage> found;
  const Status read = implementation_->connection.with([&](Connection& c) {
    return for_each_row(c.query(select_below, {folder.native()}), [&](const Query& row) {
      found.push_back(image_of(row));
      return Status{};
    });
  });
  if (!read) return fail(read.error());
  return found;
}

}  // namespace civitai::store
