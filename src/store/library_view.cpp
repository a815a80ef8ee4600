#include "store/library_view.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"
#include "store/backup.hpp"
#include "store/open.hpp"
#include "store/ranking.hpp"
#include "store/search_index.hpp"
#include "store/tables.hpp"

namespace civitai::store {
namespace {

Result<SearchResult> search_entries(Connection& connection, std::string_view query, std::size_t limit) {
  const std::vector<std::string> words = query_words(query);
  SearchResult result;
  const auto take = [&](const LibraryEntry& entry) {
    if (limit == 0 || result.entries.size() < limit) {
      result.entries.push_back(entry);
    } else {
      result.more = true;
    }
  };
  if (words.empty()) {
    if (auto listed = list_entries(connection, {}, EntryOrder::name, take); !listed) return fail(listed.error());
    return result;
  }
  const Result<Found> found = search_index(connection, words, limit);
  if (!found) return fail(found.error());
  for (const std::int64_t file : found->files) {
    const auto entry = find_entry(connection, FileId{file});
    if (!entry) return fail(entry.error());
    if (*entry) take(**entry);
  }
  result.more = found->more;
  return result;
}

Result<std::vector<FileId>> resolve_key(Connection& connection, std::string_view key) {
  for (const KeyKind kind : meanings_of(key)) {
    auto files = files_by_key(connection, kind, key);
    if (!files || !files->empty()) return files;
  }
  return fail(ErrorKind::not_found, format("the library knows nothing by the name of {}", printable(key)),
              "a key is v_123, the id of a version, a file or a model, a hash, or a path; db search finds it by words");
}

}  // namespace

class LibraryView::Implementation {
 public:
  explicit Implementation(Connection opened) : connection(std::move(opened)) {}
  Guarded<Connection> connection;
};

LibraryView::LibraryView(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
LibraryView::LibraryView(LibraryView&&) noexcept = default;
LibraryView& LibraryView::operator=(LibraryView&&) noexcept = default;
LibraryView::~LibraryView() = default;

Result<LibraryView> LibraryView::open(const Path& database) {
  if (auto current = update_older(database); !current) return fail(current.error());
  auto connection = open_database(database, Library::Mode::read_only);
  if (!connection) return fail(connection.error());
  return LibraryView(std::make_unique<Implementation>(std::move(*connection)));
}

Status LibraryView::list(const EntryFilter& filter, EntryOrder order, const Visit& visit) {
  return implementation_->connection.with([&](Connection& c) { return list_entries(c, filter, order, visit); });
}

Result<SearchResult> LibraryView::search(std::string_view query, std::size_t limit) {
  return implementation_->connection.with([&](Connection& c) { return search_entries(c, query, limit); });
}

Result<std::vector<FileId>> LibraryView::resolve(std::string_view key) {
  return implementation_->connection.with([&](Connection& c) { return resolve_key(c, key); });
}

Result<std::optional<EntryDetails>> LibraryView::details(FileId file) {
  return implementation_->connection.with([&](Connection& c) { return entry_details(c, file); });
}

Result<Statistics> LibraryView::statistics() { return implementation_->connection.with(library_statistics); }

Result<std::vector<CheckTarget>> LibraryView::check_targets() {
  return implementation_->connection.with(all_check_targets);
}

Status LibraryView::downloaded_paths(const std::function<void(std::string_view path)>& visit) {
  return implementation_->connection.with([&](Connection& c) { return visit_downloaded_paths(c, visit); });
}

Status LibraryView::back_up(const Path& target) {
  return implementation_->connection.with(
      [&](Connection& c) { return store::back_up(c, target, os::FileSystem::Replace::no); });
}

}  // namespace civitai::store
