#include "engine/relocate.hpp"

#include "engine/digest_file.hpp"
#include "engine/proving.hpp"
#include "engine/verdict.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

struct ReadTools {
  store::HashCache& cache;
  os::FileSystem& files;
};

// A file that may be one of the missing ones; its digests, from the cache where it holds them.
class Candidate {
 public:
  Candidate(const os::Path& path, ReadTools tools, const std::stop_token& stop)
      : path_(path), tools_(tools), stop_(stop) {}

  Result<hash::Digests> digests(hash::Kinds kinds) {
    const auto stamp = os::stamp_of(path_);
    if (!stamp) return fail(stamp.error());
    auto known = tools_.cache.find(*stamp);
    if (!known) return fail(known.error());
    if (covers(*known, kinds)) {
      hash::Digests digests;
      digests.sha256 = known->get(HashKind::sha256);
      digests.blake3 = known->get(HashKind::blake3);
      digests.length = stamp->size.value;
      return digests;
    }
    return read(kinds, *stamp);
  }

  [[nodiscard]] bool was_read() const { return was_read_; }

 private:
  static bool covers(const Hashes& known, hash::Kinds kinds) {
    const bool only_strong =
        !has(kinds, hash::Kinds::crc32) && !has(kinds, hash::Kinds::autov1) && !has(kinds, hash::Kinds::autov3);
    return only_strong && (!has(kinds, hash::Kinds::sha256) || known.has(HashKind::sha256)) &&
           (!has(kinds, hash::Kinds::blake3) || known.has(HashKind::blake3));
  }

  Result<hash::Digests> read(hash::Kinds kinds, const os::FileStamp& before) {
    was_read_ = true;
    auto digests = digest_file(path_, kinds, tools_.files, {}, stop_);
    if (!digests) return digests;
    const auto after = os::stamp_of(path_);
    if (after && *after == before) {
      const std::array<store::CachedHash, 1> news = {{{before, to_hashes(*digests)}}};
      if (auto kept = tools_.cache.remember(news); !kept) return fail(kept.error());
    }
    return digests;
  }

  const os::Path& path_;
  ReadTools tools_;
  const std::stop_token& stop_;
  bool was_read_ = false;
};

class Relocator {
 public:
  Relocator(const VerifyTools& tools, store::HashCache& cache, const std::stop_token& stop)
      : tools_(tools), cache_(cache), stop_(stop) {}

  Status run(const os::Path& root, VerifyReport& report) {
    std::vector<Problem>& problems = report.problems;
    std::set<std::uint64_t> sizes;
    for (const Problem& problem : problems) {
      if (is_missing(problem)) sizes.insert(problem.entry.size.value);
    }
    if (auto walked = collect_files(root, sizes); !walked) return walked;
    for (auto problem = problems.begin(); problem != problems.end();) {
      const auto found = is_missing(*problem) ? place_of(*problem) : Result<bool>(false);
      if (!found) return fail(found.error());
      if (*found) --report.counts[problem->state];
      problem = *found ? problems.erase(problem) : std::next(problem);
    }
    return {};
  }

  std::vector<Relocation> take_relocations() { return std::move(relocations_); }

 private:
  static bool is_missing(const Problem& problem) {
    const bool missing = problem.state == FileState::missing || problem.state == FileState::unreachable;
    return missing && problem.entry.size.value > 0;
  }

  // What cannot be entered is passed over: a file in there cannot be read either.
  Status collect_files(const os::Path& root, const std::set<std::uint64_t>& sizes) {
    if (sizes.empty()) return {};
    std::error_code code;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator file(root, options, code), end; !code && file != end; file.increment(code)) {
      if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
      std::error_code unknown;
      if (!fs::is_regular_file(file->symlink_status(unknown)) || file->path().extension() == ".tmp") continue;
      const std::uint64_t size = file->file_size(unknown);
      if (!unknown && sizes.contains(size)) files_[size].push_back(file->path());
    }
    return {};
  }

  // Whether the file was found; then that is recorded.
  Result<bool> place_of(const Problem& problem) {
    const LibraryEntry& entry = problem.entry;
    const auto files = files_.find(entry.size.value);
    if (files == files_.end()) return false;
    // A file that was only moved has kept its name.
    const os::Path name = os::Path(entry.path).filename();
    std::stable_partition(files->second.begin(), files->second.end(),
                          [&](const os::Path& path) { return path.filename() == name; });
    for (auto path = files->second.begin(); path != files->second.end(); ++path) {
      const auto same = is_this(problem, *path);
      if (!same) return fail(same.error());
      if (!*same) continue;
      files->second.erase(path);
      return true;
    }
    return false;
  }

  Result<bool> is_this(const Problem& problem, const os::Path& path) {
    const LibraryEntry& entry = problem.entry;
    // Without any promise that bytes can be held to, the file could be anything of that length.
    if (entry.hashes.empty() || is_somebodys(path)) return false;
    Candidate candidate(path, {cache_, tools_.files}, stop_);
    const hash::Kinds kinds = kinds_to_prove(entry.hashes);
    const auto digests = candidate.digests(kinds);
    const auto proven = digests ? prove({entry.size, entry.hashes}, *digests, kinds,
                                        [&](hash::Kinds more) { return candidate.digests(more); })
                                : Result<Proven>(fail(digests.error()));
    if (!proven && proven.error().kind == ErrorKind::cancelled) return fail(proven.error());
    if (!proven) return false;
    if (auto recorded = record(problem, path, *proven, candidate); !recorded) return fail(recorded.error());
    relocations_.push_back({entry, path});
    return true;
  }

  // What was known again without reading it is proven no later than it was.
  Status record(const Problem& problem, const os::Path& path, const Proven& proven, const Candidate& candidate) {
    const FileId file = problem.entry.file_id;
    std::vector<store::Record> records;
    if (problem.was_here && !candidate.was_read()) {
      records.emplace_back(store::MovedRecord{file, path});
    } else {
      records.emplace_back(store::DownloadedRecord{file, path, proven.size, proven.computed, proof_of(proven)});
    }
    return tools_.library.record_all(records);
  }

  bool is_somebodys(const os::Path& path) {
    const auto owners = tools_.view.resolve(path.string());
    if (!owners) return false;
    return std::any_of(owners->begin(), owners->end(), [&](FileId file) {
      const auto entry = tools_.library.find(file);
      return entry && *entry && (*entry)->status == EntryStatus::downloaded;
    });
  }

  const VerifyTools& tools_;
  store::HashCache& cache_;
  const std::stop_token& stop_;
  std::map<std::uint64_t, std::vector<os::Path>> files_;  // by size
  std::vector<Relocation> relocations_;
};

}  // namespace

Result<std::vector<Relocation>> find_moved(const os::Path& root, VerifyReport& report, const VerifyTools& tools,
                                           store::HashCache& cache, const std::stop_token& stop) {
  Relocator relocator(tools, cache, stop);
  if (auto done = relocator.run(root, report); !done) return fail(done.error());
  return relocator.take_relocations();
}

}  // namespace civitai::engine
