#include "engine/plan.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/partial_file.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

class Planner {
 public:
  Planner(ScanResult scan, const std::vector<LibraryEntry>& library, const PlanPolicy& policy, const SizeOf& size_of,
          const HoldsDocument& holds_document)
      : policy_(policy),
        size_of_(size_of),
        holds_document_(holds_document),
        plan_{.root = policy.root,
              .file_template = policy.file_template,
              .models = std::move(scan.models),
              .skipped = std::move(scan.skipped),
              .scan = std::move(scan.report),
              .version_documents = policy.version_documents} {
    for (const LibraryEntry& entry : library) library_.emplace(entry.file_id, &entry);
  }

  Plan run() {
    for (std::size_t m = 0; m < plan_.models.size(); ++m) {
      const ChosenModel& model = plan_.models[m];
      if (policy_.model_documents) add_model_document({m, 0, 0});
      for (std::size_t v = 0; v < model.versions.size(); ++v) {
        for (std::size_t f = 0; f < model.versions[v].version.files.size(); ++f) add_file({m, v, f});
      }
    }
    return std::move(plan_);
  }

 private:
  void add_file(const Place& place) {
    const ModelFile& file = plan_.file_of(place);
    if (!planned_.insert(file.id).second) return skip(place, SkipReason::already_here, "listed twice");
    if (policy_.withheld.contains(file.id)) return skip(place, SkipReason::deleted, "");
    // Also for a file that is here: its twin must not be planned under the name that it has.
    os::Path target = target_of(place);
    const LibraryEntry* known = entry_of(file.id);
    if (known != nullptr && is_here(*known)) {
      if (policy_.version_documents && lacks_document(place, known->path)) add_version_document(place, known->path);
      return skip(place, SkipReason::already_here, "");
    }
    PlanItem item{place, std::move(target), std::nullopt, {}};
    if (policy_.documents_only) return add_version_document(place, item.target);
    item.present = present_file(known, item.target);
    if (!item.present) item.here = size_of_(partial_path(item.target, file.id)).value_or(ByteCount{});
    if (file.size) item.here = std::min(item.here, *file.size);
    plan_.items.push_back(std::move(item));
  }

  // Under neither of the names that it is written to.
  bool lacks_document(const Place& place, const os::Path& model_file) const {
    const VersionId version = plan_.version_of(place).version.id;
    const auto holds = [&](const os::Path& path) {
      return size_of_(path) && (!holds_document_ || holds_document_(path, version));
    };
    const os::Path first = document_path(model_file);
    return !holds(first) && !holds(second_document_path(first));
  }

  const LibraryEntry* entry_of(FileId file) const {
    const auto found = library_.find(file);
    return found == library_.end() ? nullptr : found->second;
  }

  bool is_here(const LibraryEntry& entry) const {
    return entry.status == EntryStatus::downloaded && size_of_(entry.path) == entry.size;
  }

  // A crash between placing and recording leaves a pending entry and a whole file; a person may have put one there.
  std::optional<os::Path> present_file(const LibraryEntry* known, const os::Path& target) const {
    const bool pending_there = known != nullptr && !known->path.empty() && size_of_(known->path).has_value();
    if (pending_there) return os::Path(known->path);
    return size_of_(target) ? std::optional(target) : std::nullopt;
  }

  os::Path target_of(const Place& place) {
    const ModelFile& file = plan_.file_of(place);
    const auto path = policy_.file_template.path_of_file(plan_.model_of(place).model, plan_.version_of(place).version,
                                                         file, file.name);
    return policy_.root / claims_.claim(path, file.id);
  }

  void add_version_document(const Place& place, const os::Path& model_file) {
    // Files that share a stem share the document.
    const os::Path path = document_path(model_file);
    if (documents_.insert(path.string()).second) plan_.documents.push_back({PlanDocument::Kind::version, place, path});
  }

  void add_model_document(const Place& place) {
    const ChosenModel& model = plan_.model_of(place);
    const auto path = policy_.model_info_template.path_of_model(model.model, newest(model));
    plan_.documents.push_back({PlanDocument::Kind::model, place, policy_.root / path});
  }

  static const ModelVersion& newest(const ChosenModel& model) {
    if (model.versions.empty()) return model.newest;
    const auto older = [](const ChosenVersion& a, const ChosenVersion& b) {
      return a.version.published_at < b.version.published_at;
    };
    return std::max_element(model.versions.begin(), model.versions.end(), older)->version;
  }

  void skip(const Place& place, SkipReason reason, std::string detail) {
    const Model& model = plan_.model_of(place).model;
    const ModelVersion& version = plan_.version_of(place).version;
    const ModelFile& file = plan_.file_of(place);
    ++plan_.scan.skipped[reason];
    plan_.skipped.push_back(
        {reason, std::move(detail), model.id, model.name, version.id, version.name, file.id, file.name});
  }

  const PlanPolicy& policy_;
  const SizeOf& size_of_;
  const HoldsDocument& holds_document_;
  std::unordered_map<FileId, const LibraryEntry*> library_;
  std::unordered_set<FileId> planned_;
  std::unordered_set<std::string> documents_;
  layout::Claims claims_;
  Plan plan_;
};

}  // namespace

ByteCount Plan::bytes_to_fetch() const {
  ByteCount sum;
  for (const PlanItem& item : items) {
    const bool fetched = !item.present;
    if (fetched) sum += file_of(item.place).size.value_or(ByteCount{}) - item.here;
  }
  return sum;
}

std::size_t Plan::items_of_unknown_size() const {
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [&](const PlanItem& item) { return !file_of(item.place).size; }));
}

std::size_t Plan::documents_to_write() const {
  std::unordered_set<std::string> beside;
  if (version_documents) {
    for (const PlanItem& item : items) beside.insert(document_path(item.target).string());
  }
  const auto listed = std::count_if(documents.begin(), documents.end(), [&](const PlanDocument& document) {
    return !beside.contains(document.path.string());
  });
  return beside.size() + static_cast<std::size_t>(listed);
}

Plan make_plan(ScanResult scan, const std::vector<LibraryEntry>& library, const PlanPolicy& policy,
               const SizeOf& size_of, const HoldsDocument& holds_document) {
  return Planner(std::move(scan), library, policy, size_of, holds_document).run();
}

os::Path document_path(const os::Path& model_file) {
  os::Path path = model_file;
  if (to_lower(model_file.extension().string()) == ".json") {
    path += ".json";
  } else {
    path.replace_extension(".json");
  }
  return path;
}

os::Path second_document_path(const os::Path& document) {
  os::Path path = document;
  path += ".json";
  return path;
}

os::Path second_document_path(const os::Path& document, ModelId model) {
  const std::string name = os::with_addition(document.filename().native(), format("-{}", model.value));
  return document.parent_path() / name;
}

}  // namespace civitai::engine
