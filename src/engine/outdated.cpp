#include "engine/outdated.hpp"

#include "api/urls.hpp"
#include "base/text.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace civitai::engine {
namespace {

using Entries = std::vector<LibraryEntry>;

const ModelVersion* find_version(const Model& model, VersionId id) {
  const auto found = std::find_if(model.versions.begin(), model.versions.end(),
                                  [id](const ModelVersion& version) { return version.id == id; });
  return found == model.versions.end() ? nullptr : &*found;
}

// By publication where the site says both, else by id, which only grows.
bool is_after(const Model& model, const ModelVersion& candidate, VersionId owned) {
  const ModelVersion* known = find_version(model, owned);
  return known != nullptr ? is_newer(candidate, *known) : candidate.id > owned;
}

// The site's word on a version that is here goes before what was recorded once.
std::string line_of(const Model& model, const LibraryEntry& entry, Successor successor) {
  if (successor == Successor::any_base_model) return {};
  const ModelVersion* known = find_version(model, entry.version_id);
  return to_lower(known != nullptr ? known->base_model : entry.base_model);
}

class Comparison {
 public:
  Comparison(const Entries& library, const std::unordered_set<VersionId>& deleted, Successor successor,
             api::Client& client, Observer& observer, const std::stop_token& stop)
      : deleted_(deleted), successor_(successor), client_(client), observer_(observer), stop_(stop) {
    for (const LibraryEntry& entry : library) {
      if (entry.status != EntryStatus::downloaded) continue;
      Entries& owned = owned_[entry.model_id];
      if (owned.empty()) models_.push_back(entry.model_id);
      owned.push_back(entry);
    }
  }

  Result<OutdatedReport> run() {
    for (std::size_t first = 0; first < models_.size(); first += batch_size) {
      const std::size_t count = std::min(batch_size, models_.size() - first);
      const Status status = compare_batch(std::span(models_).subspan(first, count));
      if (status) continue;
      if (report_.models == 0 || status.error().kind == ErrorKind::cancelled) return fail(status.error());
      report_.trouble = status.error();
      break;
    }
    return std::move(report_);
  }

 private:
  static constexpr std::size_t batch_size = api::largest_model_page;

  Status compare_batch(std::span<const ModelId> ids) {
    const auto page = client_.models(api::models_by_id_url(client_.site().base, ids), ++pages_, stop_);
    if (!page) return fail(page.error());
    std::unordered_map<ModelId, const Model*> found;
    for (const Model& model : page->models) found.emplace(model.id, &model);
    for (const ModelId id : ids) {
      const auto listed = found.find(id);
      const Status status = listed != found.end() ? take(*listed->second) : look_for(id);
      if (!status) return status;
      observer_.on_scan({pages_, ++report_.models, static_cast<int>(report_.newer.size())});
    }
    return {};
  }

  // Lists leave archived models out, and those that nobody may see any more.
  Status look_for(ModelId id) {
    const auto model = client_.model(id, stop_);
    if (model) return take(*model);
    if (model.error().kind != ErrorKind::not_found) return fail(model.error());
    add_gone(id, GoneModel::Why::unknown);
    return {};
  }

  Status take(const Model& model) {
    if (model.mode == ModelMode::archived) add_gone(model.id, GoneModel::Why::archived);
    if (model.mode == ModelMode::taken_down) add_gone(model.id, GoneModel::Why::taken_down);
    if (model.mode != ModelMode::normal) return {};
    for (NewerVersion& newer : newer_versions(model, owned_.at(model.id), deleted_, successor_)) {
      report_.newer.push_back(std::move(newer));
    }
    return {};
  }

  void add_gone(ModelId id, GoneModel::Why why) {
    const Entries& owned = owned_.at(id);
    report_.gone.push_back({why, id, owned.front().model_name, owned.size()});
  }

  const std::unordered_set<VersionId>& deleted_;
  Successor successor_;
  api::Client& client_;
  Observer& observer_;
  const std::stop_token& stop_;
  std::vector<ModelId> models_;  // in the order of the library
  std::unordered_map<ModelId, Entries> owned_;
  int pages_ = 0;
  OutdatedReport report_;
};

// The files of the version that a person would take in the place of these.
void keep_types_of(const Entries& owned, ModelVersion& version) {
  const auto is_owned = [&](const ModelFile& file) {
    return std::any_of(owned.begin(), owned.end(),
                       [&](const LibraryEntry& entry) { return equal_ignoring_case(entry.file_type, file.type); });
  };
  if (std::none_of(version.files.begin(), version.files.end(), is_owned)) return;
  std::erase_if(version.files, [&](const ModelFile& file) { return !is_owned(file); });
}

}  // namespace

std::string_view to_string(GoneModel::Why why) {
  switch (why) {
    case GoneModel::Why::unknown: return "not on the site any more";
    case GoneModel::Why::archived: return "archived";
    case GoneModel::Why::taken_down: return "taken down";
  }
  return "";
}

std::string_view to_word(GoneModel::Why why) {
  switch (why) {
    case GoneModel::Why::unknown: return "gone";
    case GoneModel::Why::archived: return "archived";
    case GoneModel::Why::taken_down: return "taken_down";
  }
  return "";
}

std::vector<NewerVersion> newer_versions(const Model& model, const std::vector<LibraryEntry>& owned,
                                         const std::unordered_set<VersionId>& deleted, Successor successor) {
  std::map<std::string, VersionId> newest_owned;
  std::unordered_set<VersionId> here;
  for (const LibraryEntry& entry : owned) {
    here.insert(entry.version_id);
    VersionId& newest = newest_owned[line_of(model, entry, successor)];
    const ModelVersion* version = find_version(model, entry.version_id);
    const bool newer = version != nullptr && newest ? is_after(model, *version, newest) : entry.version_id > newest;
    if (newer) newest = entry.version_id;
  }
  std::vector<NewerVersion> result;
  for (const auto& [line, last] : newest_owned) {
    const ModelVersion* best = nullptr;
    for (const ModelVersion& version : model.versions) {
      const bool fits = successor == Successor::any_base_model || to_lower(version.base_model) == line;
      const bool wanted = fits && !here.contains(version.id) && !deleted.contains(version.id);
      if (!wanted || !is_after(model, version, last)) continue;
      if (best == nullptr || is_newer(version, *best)) best = &version;
    }
    if (best == nullptr) continue;
    NewerVersion newer{.owned = {}, .model = model, .version = *best};
    newer.model.versions.clear();
    std::copy_if(owned.begin(), owned.end(), std::back_inserter(newer.owned),
                 [id = last](const LibraryEntry& entry) { return entry.version_id == id; });
    result.push_back(std::move(newer));
  }
  return result;
}

Result<OutdatedReport> find_outdated(const std::vector<LibraryEntry>& library,
                                     const std::unordered_set<VersionId>& deleted, Successor successor,
                                     api::Client& client, Observer& observer, const std::stop_token& stop) {
  return Comparison(library, deleted, successor, client, observer, stop).run();
}

ScanResult scan_of(const std::vector<NewerVersion>& newer, const FileFilter& filter, SystemTime now) {
  FileFilter wanted = filter;
  wanted.base_models.clear();
  wanted.ignore_base_models.clear();
  wanted.all_versions = true;
  ScanResult result;
  for (const NewerVersion& one : newer) {
    Model model = one.model;
    model.versions = {one.version};
    keep_types_of(one.owned, model.versions.front());
    Selection selection = select(model, wanted, now);
    ++result.report.models;
    ++result.report.versions;
    for (Skipped& skipped : selection.skipped) {
      ++result.report.skipped[skipped.reason];
      result.skipped.push_back(std::move(skipped));
    }
    if (selection.versions.empty()) continue;
    ChosenModel chosen{.model = {}, .versions = {}, .document = store::compress(model.raw)};
    for (ModelVersion& version : selection.versions) {
      result.report.files += static_cast<int>(version.files.size());
      std::string document = store::compress(std::exchange(version.raw, {}));
      chosen.versions.push_back({std::move(version), std::move(document)});
    }
    model.versions.clear();
    model.raw = {};
    chosen.model = std::move(model);
    result.models.push_back(std::move(chosen));
  }
  return result;
}

Succession succession_of(const std::vector<NewerVersion>& newer, const ScanResult& scan) {
  std::unordered_map<VersionId, std::vector<FileId>> coming;
  for (const ChosenModel& model : scan.models) {
    for (const ChosenVersion& version : model.versions) {
      for (const ModelFile& file : version.version.files) coming[version.version.id].push_back(file.id);
    }
  }
  Succession result;
  for (const NewerVersion& one : newer) {
    const auto found = coming.find(one.version.id);
    if (found == coming.end()) continue;
    for (const LibraryEntry& entry : one.owned) {
      result.old.push_back(entry);
      result.successors.emplace(entry.file_id, found->second);
    }
  }
  return result;
}

}  // namespace civitai::engine
