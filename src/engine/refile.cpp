#include "engine/refile.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "os/safe_name.hpp"

#include <array>
#include <system_error>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

os::Path place_of(const LibraryEntry& entry, const RefilePolicy& policy) {
  Model model;
  model.id = entry.model_id;
  model.name = entry.model_name;
  model.type = entry.model_type;
  model.creator = entry.creator;
  ModelVersion version;
  version.id = entry.version_id;
  version.name = entry.version_name;
  version.base_model = entry.base_model;
  ModelFile file;
  file.id = entry.file_id;
  file.name = entry.file_name;
  return policy.file_template.path_of_file(model, version, file, file.name);
}

// Where it may have been moved to: its place, or the one that tells it apart where another file had that.
std::array<os::Path, 2> places_of(const LibraryEntry& entry, const RefilePolicy& policy) {
  const os::Path place = place_of(entry, policy);
  layout::Claims claims;
  static_cast<void>(claims.claim(place, FileId{}));
  return {policy.root / place, policy.root / claims.claim(place, entry.file_id)};
}

// Whether the entry's file lies at `path`, as far as that is known without reading it.
Result<bool> is_same(const LibraryEntry& entry, const os::Path& path, const AdoptTools& tools) {
  const auto stamp = os::stamp_of(path);
  if (!stamp || stamp->size != entry.size) return false;
  const auto known = tools.cache->find(*stamp);
  if (!known) return fail(known.error());
  const std::string& sha256 = known->get(HashKind::sha256);
  return !sha256.empty() && sha256 == entry.hashes.get(HashKind::sha256);
}

bool is_recorded(const AdoptedFile& file) {
  return file.outcome == AdoptOutcome::known || file.outcome == AdoptOutcome::adopted ||
         file.outcome == AdoptOutcome::found;
}

class Refiling {
 public:
  Refiling(const RefilePolicy& policy, AdoptMode mode, const AdoptTools& tools)
      : policy_(policy), mode_(mode), tools_(tools) {}

  Status move(const AdoptedFile& file) {
    const os::Path target = policy_.root / claims_.claim(place_of(file.entry, policy_), file.entry.file_id);
    if (target == file.path) return {};
    std::error_code ignored;
    // Elsewhere it might point into the void, and what it points to is not ours to move.
    if (fs::is_symlink(fs::symlink_status(file.path, ignored))) return leave(file.path, "is a link");
    if (fs::exists(fs::symlink_status(target, ignored))) {
      return leave(file.path, format("{} is there already", printable(target.native())));
    }
    if (mode_ == AdoptMode::record) {
      if (auto moved = rename(file.path, target); !moved) return leave(file.path, printable(moved.error().message));
      // Before the record: until then a crash is noticed by find_refiled, which takes them along.
      move_companions(file.path, target);
      const auto record = record_of_present(file.entry.file_id, target, file.size, file.sha256);
      if (auto done = tools_.library->record_all(std::vector<store::Record>{record}); !done) return done;
    }
    report_.moved.push_back({file.path, target});
    return {};
  }

  RefileReport take_report() { return std::move(report_); }

  // "<stem>.json", "<stem>.preview.png" and the like; what cannot go along stays where it is.
  void move_companions(const os::Path& from, const os::Path& to) {
    const std::string stem = from.stem().native() + ".";
    std::vector<os::Path> companions;
    std::error_code code;
    for (fs::directory_iterator at(from.parent_path(), code), end; !code && at != end; at.increment(code)) {
      const std::string name = at->path().filename().native();
      std::error_code ignored;
      if (name.starts_with(stem) && !is_model_name(at->path()) && at->is_regular_file(ignored)) {
        companions.push_back(at->path());
      }
    }
    for (const os::Path& companion : companions) {
      const os::Path target =
          to.parent_path() / (to.stem().native() + "." + companion.filename().native().substr(stem.size()));
      const auto moved = rename(companion, target);
      if (!moved) static_cast<void>(leave(companion, printable(moved.error().message)));
    }
  }

 private:
  Status leave(const os::Path& path, std::string why) {
    report_.left.push_back({path, std::move(why)});
    return {};
  }

  Status rename(const os::Path& from, const os::Path& to) {
    if (auto made = os::make_directories(tools_.files, to.parent_path()); !made) return made;
    if (auto done = tools_.files.rename(from, to, os::FileSystem::Replace::no); !done) return done;
    return tools_.files.flush_directory(to.parent_path());
  }

  const RefilePolicy& policy_;
  AdoptMode mode_;
  const AdoptTools& tools_;
  layout::Claims claims_;
  RefileReport report_;
};

}  // namespace

Result<RefileReport> refile(const AdoptReport& adopted, const RefilePolicy& policy, AdoptMode mode,
                            const AdoptTools& tools, const std::stop_token& stop) {
  Refiling refiling(policy, mode, tools);
  for (const AdoptedFile& file : adopted.files) {
    if (!is_recorded(file)) continue;
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    if (auto done = refiling.move(file); !done) return fail(done.error());
  }
  return refiling.take_report();
}

Result<std::size_t> find_refiled(const RefilePolicy& policy, const AdoptTools& tools) {
  const auto entries = tools.library->entries();
  if (!entries) return fail(entries.error());
  std::vector<store::Record> records;
  Refiling refiling(policy, AdoptMode::record, tools);
  for (const LibraryEntry& entry : *entries) {
    std::error_code ignored;
    if (entry.status != EntryStatus::downloaded || fs::exists(entry.path, ignored)) continue;
    for (const os::Path& target : places_of(entry, policy)) {
      const auto same = is_same(entry, target, tools);
      if (!same) return fail(same.error());
      if (!*same) continue;
      refiling.move_companions(entry.path, target);
      const std::string& sha256 = entry.hashes.get(HashKind::sha256);
      records.emplace_back(record_of_present(entry.file_id, target, entry.size, sha256));
      break;
    }
  }
  if (records.empty()) return std::size_t{0};
  if (auto done = tools.library->record_all(records); !done) return fail(done.error());
  return records.size();
}

}  // namespace civitai::engine
