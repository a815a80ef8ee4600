#include "engine/relocate.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

class Relocator {
 public:
  Relocator(const VerifyTools& tools, const std::stop_token& stop) : tools_(tools), stop_(stop) {}

  Status run(const os::Path& root, std::vector<Problem>& problems) {
    std::set<std::uint64_t> sizes;
    for (const Problem& problem : problems) {
      if (is_missing(problem)) sizes.insert(problem.entry.size.value);
    }
    if (auto walked = collect_files(root, sizes); !walked) return walked;
    for (auto problem = problems.begin(); problem != problems.end();) {
      const auto found = is_missing(*problem) ? place_of(problem->entry) : Result<bool>(false);
      if (!found) return fail(found.error());
      problem = *found ? problems.erase(problem) : std::next(problem);
    }
    return {};
  }

  std::vector<Relocation> take_relocations() { return std::move(relocations_); }

 private:
  static bool is_missing(const Problem& problem) {
    return problem.state == FileState::missing && problem.entry.size.value > 0;
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
  Result<bool> place_of(const LibraryEntry& entry) {
    const auto files = files_.find(entry.size.value);
    if (files == files_.end()) return false;
    // A file that was only moved has kept its name.
    const os::Path name = os::Path(entry.path).filename();
    std::stable_partition(files->second.begin(), files->second.end(),
                          [&](const os::Path& path) { return path.filename() == name; });
    for (auto path = files->second.begin(); path != files->second.end(); ++path) {
      const auto same = is_this(entry, *path);
      if (!same) return fail(same.error());
      if (!*same) continue;
      files->second.erase(path);
      return true;
    }
    return false;
  }

  Result<bool> is_this(LibraryEntry entry, const os::Path& path) {
    const LibraryEntry before = entry;
    if (is_somebodys(path)) return false;
    entry.path = path.string();
    const CheckJob job{entry, false, Depth::hash};
    const auto check = check_file(job, tools_.files, {}, stop_);
    if (!check) return fail(check.error());
    if (check->state != FileState::proven) return false;
    auto recorded = tools_.library.record_downloaded(entry.file_id, path, check->size, check->computed, check->proof);
    if (!recorded) return fail(recorded.error());
    relocations_.push_back({before, path});
    return true;
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
  const std::stop_token& stop_;
  std::map<std::uint64_t, std::vector<os::Path>> files_;  // by size
  std::vector<Relocation> relocations_;
};

}  // namespace

Result<std::vector<Relocation>> find_moved(const os::Path& root, VerifyReport& report, const VerifyTools& tools,
                                           const std::stop_token& stop) {
  Relocator relocator(tools, stop);
  if (auto done = relocator.run(root, report.problems); !done) return fail(done.error());
  return relocator.take_relocations();
}

}  // namespace civitai::engine
