#include "engine/verify.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "engine/disk_turns.hpp"
#include "engine/documents.hpp"
#include "engine/partial_file.hpp"

#include <algorithm>
#include <cmath>
#include <thread>
#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

using store::CheckTarget;

// What a kill may cost: so many results, or results of so long a time, are recorded in one commit.
constexpr std::size_t results_per_commit = 256;
constexpr Milliseconds time_per_commit{2'000};

bool is_problem(FileState state) { return state != FileState::proven && state != FileState::found; }

std::string reason(const FileCheck& check) {
  if (check.detail.empty()) return std::string(to_string(check.state));
  return format("{}: {}", to_string(check.state), check.detail);
}

// What the library has to learn from a check; nothing when it knows already, or when nothing was proven.
std::optional<store::Record> record_of(const LibraryEntry& entry, const FileCheck& check) {
  const bool downloaded = entry.status == EntryStatus::downloaded;
  switch (check.state) {
    case FileState::proven:
      if (downloaded) return store::VerifiedRecord{entry.file_id, check.computed, check.proof, check.stamp};
      return store::DownloadedRecord{entry.file_id, entry.path, check.size, check.computed, check.proof, check.stamp};
    case FileState::missing:
    case FileState::wrong:
      if (downloaded) return store::ErrorRecord{entry.file_id, reason(check)};
      return std::nullopt;
    // That it cannot be read right now says nothing about its bytes.
    case FileState::unreadable:
    case FileState::unreachable:
    case FileState::unfinished:
    case FileState::found: return std::nullopt;
  }
  return std::nullopt;
}

class Verifier {
 public:
  Verifier(const VerifyOptions& options, const VerifyTools& tools, VerifyProgress& progress, std::stop_token stop)
      : options_(options), tools_(tools), progress_(progress), outside_(std::move(stop)) {}

  VerifyReport run(std::vector<CheckTarget> targets) {
    targets_ = std::move(targets);
    announce();
    const std::stop_callback forward(outside_, [this] { inside_.request_stop(); });
    last_commit_ = tools_.clock.steady_now();
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < thread_count(); ++i) workers.emplace_back([this] { work(); });
    }
    commit(When::now);
    if (outside_.stop_requested()) end(Error{ErrorKind::cancelled, "interrupted", {}});
    return report_.with([](VerifyReport& report) {
      std::sort(report.problems.begin(), report.problems.end(),
                [](const Problem& a, const Problem& b) { return a.entry.path < b.entry.path; });
      return std::move(report);
    });
  }

 private:
  void announce() {
    progress_.files_total = targets_.size();
    std::uint64_t bytes = 0;
    for (const CheckTarget& target : targets_) bytes += target.size.value;
    if (options_.depth == Depth::hash) progress_.bytes_total = bytes;
  }

  unsigned thread_count() const {
    return options_.threads > 0 ? options_.threads : std::max(1U, std::thread::hardware_concurrency());
  }

  void work() {
    while (!inside_.stop_requested()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= targets_.size()) return;
      const auto entry = tools_.library.find(targets_[index].file);
      if (!entry) return end(entry.error());
      if (*entry && !look_at(**entry, targets_[index])) return;
      ++progress_.files;
    }
  }

  // false when stopped.
  bool look_at(const LibraryEntry& entry, const CheckTarget& target) {
    const auto check = check_of(entry, target);
    if (!check) return false;
    auto record = record_of(entry, *check);
    if (options_.recording == Recording::keep) {
      if (check->state == FileState::proven) remove_traces(entry);
      if (record) keep(std::move(*record));
    }
    take(entry, target.present, *check);
    if (!is_problem(check->state) && options_.documents == VersionDocuments::complete) complete_document(entry);
    commit(When::due);
    return true;
  }

  Result<FileCheck> check_of(const LibraryEntry& entry, const CheckTarget& target) {
    const auto lost = std::find_if(options_.lost.begin(), options_.lost.end(), [&](const LostFolder& folder) {
      return entry.status == EntryStatus::downloaded && holds_path(folder.path, entry.path);
    });
    if (lost != options_.lost.end()) {
      FileCheck check;
      check.state = FileState::unreachable;
      check.detail = format("{} is not there", lost->path.native());
      return check;
    }
    const auto told = [this](ByteCount bytes) { progress_.bytes += bytes.value; };
    const auto turn = options_.depth == Depth::hash ? turns_.take(entry.path) : DiskTurns::Turn();
    return check_file({entry, target.present, options_.depth}, tools_.files, told, inside_.get_token());
  }

  void take(const LibraryEntry& entry, bool was_here, const FileCheck& check) {
    const bool problem = is_problem(check.state);
    if (problem && check.state != FileState::unfinished) ++progress_.problems;
    report_.with([&](VerifyReport& report) {
      ++report.counts[check.state];
      if (problem) report.problems.push_back({entry, was_here, check.state, check.detail});
      if (check.state == FileState::proven) report.bytes += check.size;
      if (check.state == FileState::proven && entry.status != EntryStatus::downloaded) ++report.healed;
    });
  }

  // What cannot be removed is in nobody's way.
  void remove_traces(const LibraryEntry& entry) const {
    static_cast<void>(PartialFile::remove_traces(tools_.files, entry.path, entry.file_id));
  }

  void complete_document(const LibraryEntry& entry) {
    const auto outcome = complete_version_document(entry.path, entry.version_id, tools_.library, tools_.files);
    report_.with([&](VerifyReport& report) {
      if (!outcome) {
        report.document_errors.push_back(outcome.error());
      } else if (*outcome == DocumentOutcome::written) {
        ++report.documents_written;
      } else {
        ++report.documents_present;
      }
    });
  }

  void keep(store::Record record) {
    results_.with([&](std::vector<store::Record>& results) { results.push_back(std::move(record)); });
  }

  enum class When { due, now };
  void commit(When when) {
    const std::vector<store::Record> results = results_.with([&](std::vector<store::Record>& waiting) {
      const SteadyTime now = tools_.clock.steady_now();
      const bool due = waiting.size() >= results_per_commit || now - last_commit_ >= time_per_commit;
      if (waiting.empty() || (when == When::due && !due)) return std::vector<store::Record>{};
      last_commit_ = now;
      return std::exchange(waiting, {});
    });
    if (results.empty()) return;
    if (auto recorded = tools_.library.record_all(results); !recorded) end(recorded.error());
  }

  void end(const Error& why) {
    report_.with([&](VerifyReport& report) {
      if (!report.stopped_by) report.stopped_by = why;
    });
    inside_.request_stop();
  }

  const VerifyOptions& options_;
  const VerifyTools& tools_;
  VerifyProgress& progress_;
  std::stop_token outside_;
  std::stop_source inside_;
  std::vector<CheckTarget> targets_;
  DiskTurns turns_;
  std::atomic<std::size_t> next_{0};
  SteadyTime last_commit_;  // changed under the lock of results_
  Guarded<std::vector<store::Record>> results_;
  Guarded<VerifyReport> report_;
};

bool largest_first(const CheckTarget& a, const CheckTarget& b) {
  return a.size != b.size ? a.size > b.size : a.file < b.file;
}

}  // namespace

bool can_be_fetched(const Problem& problem) {
  return problem.state != FileState::unreadable && problem.state != FileState::unreachable;
}

std::size_t VerifyReport::count(FileState state) const {
  const auto found = counts.find(state);
  return found == counts.end() ? 0 : found->second;
}

std::vector<CheckTarget> choose_targets(std::vector<CheckTarget> all, const VerifyOptions& options) {
  if (options.proven_since) {
    std::erase_if(all, [&](const CheckTarget& target) { return target.verified_at >= *options.proven_since; });
  }
  if (options.share < 1) {
    std::sort(all.begin(), all.end(), [](const CheckTarget& a, const CheckTarget& b) {
      return a.verified_at != b.verified_at ? a.verified_at < b.verified_at : a.file < b.file;
    });
    all.resize(static_cast<std::size_t>(std::ceil(static_cast<double>(all.size()) * options.share)));
  }
  std::sort(all.begin(), all.end(), largest_first);
  return all;
}

Result<VerifyReport> verify(const VerifyOptions& options, const VerifyTools& tools, VerifyProgress& progress,
                            const std::stop_token& stop) {
  auto all = tools.view.check_targets();
  if (!all) return fail(all.error());
  const std::size_t known = all->size();
  auto targets = choose_targets(std::move(*all), options);
  const std::size_t left_out = known - targets.size();
  VerifyReport report = Verifier(options, tools, progress, stop).run(std::move(targets));
  report.left_out = left_out;
  return report;
}

Result<VerifyReport> verify_files(const std::vector<FileId>& files, const VerifyOptions& options,
                                  const VerifyTools& tools, VerifyProgress& progress, const std::stop_token& stop) {
  auto targets = tools.view.check_targets();
  if (!targets) return fail(targets.error());
  const std::unordered_set<FileId> wanted(files.begin(), files.end());
  std::erase_if(*targets, [&](const CheckTarget& target) { return !wanted.contains(target.file); });
  std::sort(targets->begin(), targets->end(), largest_first);
  return Verifier(options, tools, progress, stop).run(std::move(*targets));
}

}  // namespace civitai::engine
