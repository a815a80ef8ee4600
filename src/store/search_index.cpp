#include "store/search_index.hpp"

#include "base/text.hpp"
#include "store/ranking.hpp"
#include "store/words.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_set>

namespace civitai::store {
namespace {

constexpr std::string_view select_queued = "SELECT file_id FROM search_queue LIMIT 1000";
constexpr std::string_view select_any_queued = "SELECT 1 FROM search_queue LIMIT 1";
constexpr std::string_view delete_queued = "DELETE FROM search_queue WHERE file_id = ?1";

constexpr std::string_view select_indexed = "SELECT name, rest FROM search_texts WHERE file_id = ?1";
// The index forgets a text only when told what it was.
constexpr std::string_view forget_in_index =
    "INSERT INTO search (search, rowid, name, rest) VALUES ('delete', ?1, ?2, ?3)";
constexpr std::string_view delete_text = "DELETE FROM search_texts WHERE file_id = ?1";

constexpr std::string_view select_source =
    "SELECT model_name, version_name, file_name, creator, tags, trained_words FROM entries WHERE file_id = ?1";
constexpr std::string_view insert_text = "INSERT INTO search_texts (file_id, name, rest) VALUES (?1, ?2, ?3)";
constexpr std::string_view insert_in_index = "INSERT INTO search (rowid, name, rest) VALUES (?1, ?2, ?3)";

// The newest files first: where there are more candidates than are ranked, those are the likelier ones.
constexpr std::string_view select_matching =
    "SELECT rowid, name, rest FROM search WHERE search MATCH ?1 ORDER BY rowid DESC";
constexpr std::string_view select_all_texts = "SELECT file_id, name, rest FROM search_texts ORDER BY file_id DESC";

// So many are ranked at most when there is a limit on what is shown.
constexpr std::size_t fewest_candidates = 1000;

// What the index is cut into; shorter words it cannot look up.
constexpr std::size_t trigram = 3;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

struct Text {
  std::string name;
  std::string rest;
};

Result<std::optional<Text>> read_text(Connection& connection, std::string_view sql, std::int64_t file) {
  auto query = connection.query(sql, {file});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  return Text{std::string(query->text(0)), std::string(query->text(1))};
}

Result<std::optional<Text>> read_source(Connection& connection, std::int64_t file) {
  auto query = connection.query(select_source, {file});
  if (!query) return fail(query.error());
  const Result<bool> row = query->next();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  Text text{folded(query->text(0)), ""};
  for (int column = 1; column <= 5; ++column) text.rest += folded(query->text(column)) + '\n';
  return text;
}

Status forget(Connection& connection, std::int64_t file, const Text& text) {
  const auto indexed = connection.run(forget_in_index, {file, text.name, text.rest});
  if (!indexed) return fail(indexed.error());
  const auto kept = connection.run(delete_text, {file});
  return kept ? Status{} : fail(kept.error());
}

Status add(Connection& connection, std::int64_t file, const Text& text) {
  const auto kept = connection.run(insert_text, {file, text.name, text.rest});
  if (!kept) return fail(kept.error());
  const auto indexed = connection.run(insert_in_index, {file, text.name, text.rest});
  return indexed ? Status{} : fail(indexed.error());
}

Status update_one(Connection& connection, std::int64_t file) {
  const auto before = read_text(connection, select_indexed, file);
  if (!before) return fail(before.error());
  if (*before) {
    if (auto done = forget(connection, file, **before); !done) return done;
  }
  const auto now = read_source(connection, file);
  if (!now) return fail(now.error());
  if (*now) {
    if (auto done = add(connection, file, **now); !done) return done;
  }
  const auto done = connection.run(delete_queued, {file});
  if (!done) return fail(done.error());
  return {};
}

Result<std::vector<std::int64_t>> queued(Connection& connection) {
  auto query = connection.query(select_queued);
  if (!query) return fail(query.error());
  std::vector<std::int64_t> files;
  for (;;) {
    const Result<bool> row = query->next();
    if (!row) return fail(row.error());
    if (!*row) return files;
    files.push_back(query->integer(0));
  }
}

// A phrase of the index's language: whatever the word holds, inside the quotes it is text.
std::string phrase(std::string_view word) { return '"' + replace_all(std::string(word), "\"", "\"\"") + '"'; }

// The words that the index can look up, all demanded; empty when there is none.
std::string expression(const std::vector<std::string>& words, std::string_view columns) {
  std::string text;
  for (const std::string& word : words) {
    if (characters(word) < trigram) continue;
    if (!text.empty()) text += " AND ";
    text += phrase(word);
  }
  return text.empty() || columns.empty() ? text : std::string(columns) + " : (" + text + ")";
}

struct Candidate {
  std::int64_t file = 0;
  int relevance = 0;
  std::string name;
};

class Search {
 public:
  Search(Connection& connection, const std::vector<std::string>& words, std::size_t limit)
      : connection_(connection),
        words_(words),
        limit_(limit == 0 ? std::numeric_limits<std::size_t>::max() : limit),
        bound_(limit == 0 ? limit_ : std::max(limit + 1, fewest_candidates)) {}

  Result<Found> run() {
    const std::string everywhere = expression(words_, "");
    const auto all = take(everywhere.empty() ? connection_.query(select_all_texts)
                                             : connection_.query(select_matching, {everywhere}));
    if (!all) return fail(all.error());
    if (!*all && !everywhere.empty()) {
      // What is found in the name counts most, so that must not be missed for what is found elsewhere.
      const auto named = take(connection_.query(select_matching, {expression(words_, "name")}));
      if (!named) return fail(named.error());
    }
    return best();
  }

 private:
  // Whether these were all that match.
  Result<bool> take(Result<Query> query) {
    if (!query) return fail(query.error());
    for (const std::size_t enough = candidates_.size() + bound_; candidates_.size() < enough;) {
      const Result<bool> row = query->next();
      if (!row) return fail(row.error());
      if (!*row) return true;
      const int fit = relevance(words_, query->text(1), query->text(2));
      if (fit == 0 || !seen_.insert(query->integer(0)).second) continue;
      candidates_.push_back({query->integer(0), fit, std::string(query->text(1))});
    }
    return false;
  }

  Found best() {
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      if (a.relevance != b.relevance) return a.relevance > b.relevance;
      return a.name != b.name ? a.name < b.name : a.file < b.file;
    });
    Found found;
    found.more = candidates_.size() > limit_;
    for (std::size_t i = 0; i < std::min(limit_, candidates_.size()); ++i) found.files.push_back(candidates_[i].file);
    return found;
  }

  Connection& connection_;
  const std::vector<std::string>& words_;
  std::size_t limit_;
  std::size_t bound_;
  std::vector<Candidate> candidates_;
  std::unordered_set<std::int64_t> seen_;
};

}  // namespace

Result<bool> search_index_is_behind(Connection& connection) {
  auto query = connection.query(select_any_queued);
  if (!query) return fail(query.error());
  return query->next();
}

Status update_search_index(Connection& connection) {
  for (;;) {
    const auto files = queued(connection);
    if (!files) return fail(files.error());
    if (files->empty()) return {};
    for (const std::int64_t file : *files) {
      if (auto done = update_one(connection, file); !done) return done;
    }
  }
}

Result<Found> search_index(Connection& connection, const std::vector<std::string>& words, std::size_t limit) {
  return Search(connection, words, limit).run();
}

}  // namespace civitai::store
