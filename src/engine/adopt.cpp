#include "engine/adopt.hpp"

#include "base/format.hpp"
#include "engine/hash_matches.hpp"
#include "engine/seed_places.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace civitai::engine {
namespace {

constexpr std::size_t files_per_commit = 500;

class Adoption {
 public:
  Adoption(AdoptMode mode, const AdoptTools& tools, const std::stop_token& stop)
      : mode_(mode), tools_(tools), stop_(stop) {}

  Result<AdoptReport> run(const os::Path& folder) {
    step("looking for files");
    auto found = find_model_files(folder, report_.notices);
    if (!found) return fail(found.error());
    if (auto done = hash_files(*found, {tools_.cache, tools_.files, 2, tools_.on_hashing}, report_.notices, stop_);
        !done) {
      return fail(done.error());
    }
    for (FoundFile& file : *found) {
      report_.files.push_back({.path = std::move(file.path), .size = file.stamp.size, .sha256 = file.sha256});
    }
    if (auto done = read_library(); !done) return fail(done.error());
    settle_known();
    if (auto done = look_up(); !done) return fail(done.error());
    if (auto done = take_up(); !done) return fail(done.error());
    return std::move(report_);
  }

 private:
  void step(std::string_view what) const {
    if (tools_.on_step) tools_.on_step(what);
  }

  Status read_library() {
    if (tools_.library == nullptr) return {};
    auto entries = tools_.library->entries();
    if (!entries) return fail(entries.error());
    for (LibraryEntry& entry : *entries) {
      const std::string& sha256 = entry.hashes.get(HashKind::sha256);
      if (entry.status == EntryStatus::downloaded && !entry.path.empty()) by_path_.emplace(entry.path, entry.file_id);
      if (!sha256.empty()) by_hash_[sha256].push_back(entry.file_id);
      entries_.emplace(entry.file_id, std::move(entry));
    }
    return {};
  }

  static bool is_there(const LibraryEntry& entry) {
    if (entry.status != EntryStatus::downloaded) return false;
    const auto size = os::file_size(entry.path);
    return size && *size == entry.size;
  }

  // What the library tells by itself.
  void settle_known() {
    for (AdoptedFile& file : report_.files) {
      if (file.sha256.empty()) continue;
      if (const auto here = by_path_.find(file.path.native()); here != by_path_.end()) {
        const LibraryEntry& entry = entries_.at(here->second);
        const std::string& expected = entry.hashes.get(HashKind::sha256);
        if (entry.size == file.size && (expected.empty() || expected == file.sha256)) {
          file.outcome = AdoptOutcome::known;
          file.entry = entry;
          continue;
        }
      }
      if (const auto known = by_hash_.find(file.sha256); known != by_hash_.end()) settle(file, known->second);
    }
  }

  // The file has the content of entries at other places, or of wanted ones.
  void settle(AdoptedFile& file, const std::vector<FileId>& ids) {
    const VersionId told = version_in_path(file.path);
    const auto rank = [&](FileId id) {
      const LibraryEntry& entry = entries_.at(id);
      return std::tuple(entry.version_id != told, is_there(entry), id);
    };
    const FileId best =
        *std::min_element(ids.begin(), ids.end(), [&](FileId a, FileId b) { return rank(a) < rank(b); });
    claim(file, entries_.at(best));
  }

  // Gives the file on the disk to the file of the site, unless that is on the disk elsewhere.
  void claim(AdoptedFile& file, const LibraryEntry& entry) {
    const auto taken = claimed_.find(entry.file_id);
    if (taken != claimed_.end() || is_there(entry)) {
      file.outcome = AdoptOutcome::duplicate;
      file.other = taken != claimed_.end() ? taken->second : os::Path(entry.path);
    } else {
      const bool was_elsewhere = entry.status == EntryStatus::downloaded;
      file.outcome = was_elsewhere ? AdoptOutcome::found : AdoptOutcome::adopted;
      if (was_elsewhere) file.other = entry.path;
      claimed_.emplace(entry.file_id, file.path);
    }
    file.entry = entry;
    file.entry.path = file.path.native();
    file.entry.size = file.size;
  }

  bool is_open(const AdoptedFile& file) const { return file.outcome == AdoptOutcome::unread && !file.sha256.empty(); }

  // Asks the site for every hash that is still open, and for the models behind the answers.
  Status look_up() {
    std::set<std::string> open;
    for (const AdoptedFile& file : report_.files) {
      if (is_open(file)) open.insert(file.sha256);
    }
    if (open.empty()) return {};
    step(format("asking the site for {} hashes", open.size()));
    const std::vector<std::string> hashes(open.begin(), open.end());
    const auto matches = tools_.site.identify(hashes, stop_);
    if (!matches) return fail(matches.error());
    std::set<ModelId> models;
    for (const api::HashMatch& match : *matches) models.insert(match.model);
    step(format("asking the site for {} models", models.size()));
    if (auto done = learn(tools_.site.models_by_id(std::vector(models.begin(), models.end()), stop_)); !done) {
      return done;
    }
    if (auto done = look_up_told_versions(*matches); !done) return done;
    std::set<std::string> missing;
    for (const api::HashMatch& match : *matches) {
      if (!matches_.knows(match.sha256)) missing.insert(match.sha256);
    }
    return learn(tools_.site.versions_by_hash(std::vector(missing.begin(), missing.end()), stop_));
  }

  // The site names one version for a hash; the path may tell of another one with the same content.
  Status look_up_told_versions(const std::vector<api::HashMatch>& matches) {
    std::set<std::string> matched;
    for (const api::HashMatch& match : matches) matched.insert(match.sha256);
    std::set<VersionId> told;
    for (const AdoptedFile& file : report_.files) {
      const VersionId version = version_in_path(file.path);
      if (is_open(file) && version && matched.contains(file.sha256) && !matches_.has_version(file.sha256, version) &&
          !versions_.contains(version)) {
        told.insert(version);
      }
    }
    return learn(tools_.site.models_of(std::vector(told.begin(), told.end()), stop_));
  }

  Status learn(Result<std::vector<Model>> models) {
    if (!models) return fail(models.error());
    // Kept at one address each: what was learned before points into its models.
    auto& kept = models_.emplace_back(std::move(*models));
    for (const Model& model : kept) {
      matches_.add(model);
      for (const ModelVersion& version : model.versions) versions_.insert(version.id);
    }
    return {};
  }

  Status take_up() {
    step("recording");
    std::vector<store::Record> records;
    for (AdoptedFile& file : report_.files) {
      std::optional<store::FileRecord> news;
      if (is_open(file)) {
        const SiteFile site = matches_.best(file.sha256, file.path);
        if (site.file == nullptr) {
          file.outcome = AdoptOutcome::unknown;
          continue;
        }
        news = record_of(site);
        claim_site_file(file, *news);
      }
      if (file.outcome == AdoptOutcome::adopted || file.outcome == AdoptOutcome::found) {
        if (news) records.emplace_back(std::move(*news));
        records.emplace_back(record_of_present(file.entry.file_id, file.path, file.size, file.sha256));
      }
      if (records.size() >= 2 * files_per_commit) {
        if (auto done = commit(records); !done) return done;
      }
    }
    return commit(records);
  }

  void claim_site_file(AdoptedFile& file, store::FileRecord& news) {
    const auto known = entries_.find(news.entry.file_id);
    const LibraryEntry entry = known != entries_.end() ? known->second : news.entry;
    claim(file, entry);
    news.entry.path = file.path.native();
  }

  static store::FileRecord record_of(const SiteFile& site) {
    const auto& [model, version, file] = site;
    store::FileRecord record;
    LibraryEntry& entry = record.entry;
    entry.model_id = model->id;
    entry.model_name = model->name;
    entry.model_type = model->type;
    entry.creator = model->creator;
    entry.version_id = version->id;
    entry.version_name = version->name;
    entry.base_model = version->base_model;
    entry.file_id = file->id;
    entry.file_name = file->name;
    entry.file_type = file->type;
    entry.size = file->size.value_or(ByteCount{});
    entry.hashes = file->hashes;
    record.tags = model->tags;
    record.trained_words = version->trained_words;
    record.version_document = {store::compress(version->raw)};
    return record;
  }

  Status commit(std::vector<store::Record>& records) {
    if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    const auto batch = std::exchange(records, {});
    if (mode_ == AdoptMode::look_only || batch.empty()) return {};
    return tools_.library->record_all(batch);
  }

  AdoptMode mode_;
  const AdoptTools& tools_;
  const std::stop_token& stop_;
  AdoptReport report_;
  std::unordered_map<FileId, LibraryEntry> entries_;
  std::unordered_map<std::string, FileId> by_path_;
  std::unordered_map<std::string, std::vector<FileId>> by_hash_;
  std::unordered_map<FileId, os::Path> claimed_;  // in this run
  std::list<std::vector<Model>> models_;
  std::set<VersionId> versions_;  // that were learned
  HashMatches matches_;
};

}  // namespace

store::DownloadedRecord record_of_present(FileId file, const os::Path& path, ByteCount size,
                                          const std::string& sha256) {
  Hashes computed;
  computed.set(HashKind::sha256, sha256);
  computed.set(HashKind::autov2, std::string_view(sha256).substr(0, 10));
  return {file, path, size, computed, {"SHA256", sha256}};
}

std::string_view to_string(AdoptOutcome outcome) {
  constexpr std::array<std::string_view, 6> words = {"known", "adopted", "found", "duplicate", "unknown", "unread"};
  return words[static_cast<std::size_t>(outcome)];
}

std::size_t AdoptReport::count(AdoptOutcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [&](const AdoptedFile& file) { return file.outcome == outcome; }));
}

Result<AdoptReport> adopt(const os::Path& folder, AdoptMode mode, const AdoptTools& tools,
                          const std::stop_token& stop) {
  return Adoption(mode, tools, stop).run(folder);
}

}  // namespace civitai::engine
