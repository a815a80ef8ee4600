#include "engine/redownload.hpp"

#include "base/format.hpp"
#include "engine/documents.hpp"
#include "engine/partial_file.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

// Whatever the person's filters say: the library has these files already.
Criteria criteria_of(VersionId version) {
  Criteria criteria;
  criteria.models.version_id = version;
  criteria.models.nsfw = true;
  criteria.files.all_versions = true;
  criteria.files.allow_unsafe = true;
  criteria.files.include_paid = true;
  return criteria;
}

bool is_about_one_version(const Error& error) {
  return error.kind == ErrorKind::not_found || error.kind == ErrorKind::skipped;
}

class RedownloadPlanner {
 public:
  RedownloadPlanner(const std::vector<Problem>& problems, api::Client& client, const Clock& clock, Observer& observer,
                    const std::stop_token& stop)
      : problems_(problems), client_(client), clock_(clock), observer_(observer), stop_(stop) {
    for (const Problem& problem : problems) wanted_.emplace(problem.entry.file_id, &problem);
  }

  Status ask() {
    std::unordered_set<VersionId> asked;
    for (const Problem& problem : problems_) {
      const VersionId version = problem.entry.version_id;
      if (!asked.insert(version).second) continue;
      auto found = scan(criteria_of(version), ModelDocuments::drop, client_, clock_, observer_, stop_);
      if (!found && !is_about_one_version(found.error())) return fail(found.error());
      if (found) {
        take(std::move(*found));
      } else {
        for (const Problem& sibling : problems_) {
          if (sibling.entry.version_id == version) refuse(sibling, found.error());
        }
      }
    }
    return {};
  }

  Redownload plan(const PlanPolicy& policy, const SizeOf& size_of) {
    std::vector<LibraryEntry> library;
    for (const Problem& problem : problems_) {
      library.push_back(problem.entry);
      library.back().status = EntryStatus::error;
    }
    Redownload result{make_plan(std::move(scanned_), library, policy, size_of, holds_document), {}};
    for (PlanItem& item : result.plan.items) direct(result.plan, item, size_of);
    refuse_the_rest(result.plan);
    result.not_planned = std::move(refused_);
    return result;
  }

 private:
  // Of a version only the files that are wanted again.
  void take(ScanResult found) {
    for (ChosenModel& model : found.models) {
      for (ChosenVersion& version : model.versions) {
        std::erase_if(version.version.files, [&](const ModelFile& file) { return !wanted_.contains(file.id); });
      }
      std::erase_if(model.versions, [](const ChosenVersion& version) { return version.version.files.empty(); });
      if (!model.versions.empty()) scanned_.models.push_back(std::move(model));
    }
    for (const Skipped& skipped : found.skipped) skipped_[skipped.version_id].push_back(skipped);
    scanned_.report.models += found.report.models;
    scanned_.report.versions += found.report.versions;
  }

  void direct(const Plan& plan, PlanItem& item, const SizeOf& size_of) const {
    const FileId file = plan.file_of(item.place).id;
    const Problem& problem = *wanted_.at(file);
    if (!problem.was_here || problem.entry.path.empty()) return;
    item.target = problem.entry.path;
    item.replaces = problem.state == FileState::wrong;
    item.present = size_of(item.target) ? std::optional(item.target) : std::nullopt;
    if (!item.present || item.replaces) item.here = size_of(partial_path(item.target, file)).value_or(ByteCount{});
  }

  void refuse(const Problem& problem, Error error) { refused_.push_back({problem.entry, std::move(error)}); }

  void refuse_the_rest(const Plan& plan) {
    std::unordered_set<FileId> reached;
    for (const PlanItem& item : plan.items) reached.insert(plan.file_of(item.place).id);
    for (const NotPlanned& refused : refused_) reached.insert(refused.entry.file_id);
    for (const Problem& problem : problems_) {
      if (!reached.contains(problem.entry.file_id)) refuse(problem, reason_for(problem));
    }
  }

  Error reason_for(const Problem& problem) const {
    const auto found = skipped_.find(problem.entry.version_id);
    const auto about_it = [&](const Skipped& skipped) {
      return !skipped.file_id || skipped.file_id == problem.entry.file_id;
    };
    if (found != skipped_.end()) {
      const auto skipped = std::find_if(found->second.begin(), found->second.end(), about_it);
      if (skipped != found->second.end()) return {ErrorKind::skipped, std::string(to_string(skipped->reason)), {}};
    }
    return {ErrorKind::not_found, "the site no longer has this file", {}};
  }

  const std::vector<Problem>& problems_;
  api::Client& client_;
  const Clock& clock_;
  Observer& observer_;
  const std::stop_token& stop_;
  std::unordered_map<FileId, const Problem*> wanted_;
  std::map<VersionId, std::vector<Skipped>> skipped_;
  std::vector<NotPlanned> refused_;
  ScanResult scanned_;
};

}  // namespace

Result<Redownload> plan_redownload(const std::vector<Problem>& problems, const PlanPolicy& policy,
                                   const SizeOf& size_of, api::Client& client, const Clock& clock, Observer& observer,
                                   const std::stop_token& stop) {
  RedownloadPlanner planner(problems, client, clock, observer, stop);
  if (auto asked = planner.ask(); !asked) return fail(asked.error());
  return planner.plan(policy, size_of);
}

}  // namespace civitai::engine
