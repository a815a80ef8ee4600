#include "engine/clean.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/journal.hpp"
#include "engine/partial_file.hpp"
#include "engine/trash_folder.hpp"
#include "os/beneath.hpp"
#include "os/mount.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>

namespace civitai::engine {
namespace {

constexpr std::string_view temporary_ending = ".tmp";
constexpr std::string_view journal_ending = ".state.tmp";
constexpr std::string_view rejected_ending = ".rejected.tmp";
constexpr std::string_view torrent_ending = ".torrent";
constexpr std::string_view magnet_ending = "-magnet.txt";
constexpr ByteCount largest_journal_read = mebibytes(1);

std::optional<Remain::Kind> kind_of(const os::Path& path, const CleanPolicy& policy) {
  const std::string name = to_lower(path.filename().string());
  if (name.ends_with(journal_ending)) return Remain::Kind::journal;
  if (name.ends_with(rejected_ending)) return Remain::Kind::rejected;
  if (name.ends_with(temporary_ending)) return Remain::Kind::temporary;
  if (policy.torrents && name.ends_with(torrent_ending)) return Remain::Kind::torrent;
  if (policy.magnets && name.ends_with(magnet_ending)) return Remain::Kind::magnet;
  return std::nullopt;
}

SystemTime changed_at(const std::filesystem::directory_entry& entry) {
  std::error_code ignored;
  const auto time = std::chrono::file_clock::to_sys(entry.last_write_time(ignored));
  return std::chrono::floor<Milliseconds>(time);
}

// A lock says that a download of ours works on it; whatever else a process has open is in use too.
bool is_in_use(const os::FileHandle& file, const os::Path& path) {
  const auto locked = os::try_lock(file, path);
  return (locked && !*locked) || os::is_open_elsewhere(file);
}

class Search {
 public:
  Search(os::Path root, const CleanPolicy& policy, const std::stop_token& stop) : policy_(policy), stop_(stop) {
    remains_.root = std::move(root);
  }

  Result<Remains> run() {
    auto folder = os::HeldFolder::open(remains_.root);
    if (!folder) return fail(folder.error());
    look_into({});
    if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    std::sort(remains_.found.begin(), remains_.found.end(),
              [](const Remain& a, const Remain& b) { return a.path < b.path; });
    join_journals();
    for (Remain& remain : remains_.found) remain.kept = reason_to_keep(remain, *folder);
    return std::move(remains_);
  }

 private:
  void look_into(const os::Path& below) {
    std::error_code error;
    std::filesystem::directory_iterator entries(remains_.root / below, error);
    while (!error && entries != std::filesystem::directory_iterator() && !stop_.stop_requested()) {
      look_at(*entries, below / entries->path().filename());
      entries.increment(error);
    }
    if (error) {
      remains_.troubles.push_back(
          system_error(error.value(), format("cannot read the folder {}", (remains_.root / below).string())));
    }
  }

  void look_at(const std::filesystem::directory_entry& entry, const os::Path& below) {
    std::error_code error;
    const auto type = entry.symlink_status(error).type();
    if (type == std::filesystem::file_type::directory) {
      // What is in the trash may still come back, whole.
      if (below.filename() != trash_folder_name) look_into(below);
      return;
    }
    if (error || type != std::filesystem::file_type::regular) return;
    const auto kind = kind_of(below, policy_);
    if (!kind) return;
    Remain remain{.path = below, .kind = *kind, .changed = changed_at(entry)};
    remain.size = {entry.file_size(error)};
    if (!error) remains_.found.push_back(std::move(remain));
  }

  // A journal belongs to its partial file: what happens to one happens to both.
  void join_journals() {
    std::set<os::Path> joined;
    for (Remain& remain : remains_.found) {
      if (remain.kind != Remain::Kind::temporary) continue;
      const os::Path journal = journal_path(remain.path);
      const auto found = std::lower_bound(remains_.found.begin(), remains_.found.end(), journal,
                                          [](const Remain& other, const os::Path& path) { return other.path < path; });
      if (found == remains_.found.end() || found->path != journal) continue;
      remain.kind = Remain::Kind::partial;
      remain.journal = journal;
      remain.resumable = proven_bytes(remains_.root / journal, remain.size);
      remain.size += found->size;
      remain.changed = std::max(remain.changed, found->changed);
      joined.insert(journal);
    }
    std::erase_if(remains_.found, [&](const Remain& remain) { return joined.contains(remain.path); });
  }

  static ByteCount proven_bytes(const os::Path& path, ByteCount size) {
    const auto text = os::read_text(path, largest_journal_read);
    const auto journal = text ? decode_journal(*text, os::cache_lifetime(path)) : std::nullopt;
    if (!journal || journal->have.ranges().empty() || journal->have.ranges().back().end > size.value) return {};
    return {journal->have.total()};
  }

  [[nodiscard]] std::optional<Remain::Kept> reason_to_keep(const Remain& remain, const os::HeldFolder& folder) const {
    const auto file = folder.open_file(remain.path);
    if (file && is_in_use(*file, remains_.root / remain.path)) return Remain::Kept::in_use;
    if (policy_.changed_before && remain.changed >= *policy_.changed_before) return Remain::Kept::too_young;
    if (policy_.keep_resumable && remain.resumable.value > 0) return Remain::Kept::resumable;
    return std::nullopt;
  }

  const CleanPolicy& policy_;
  const std::stop_token& stop_;
  Remains remains_;
};

class Removal {
 public:
  Removal(const Remains& remains, os::HeldFolder folder) : remains_(remains), folder_(std::move(folder)) {}

  CleanReport run(const std::stop_token& stop) {
    for (const Remain& remain : remains_.found) {
      if (remain.kept) continue;
      report_.stopped = stop.stop_requested();
      if (report_.stopped) break;
      remove(remain);
    }
    return std::move(report_);
  }

 private:
  void remove(const Remain& remain) {
    const os::Path whole = remains_.root / remain.path;
    const auto file = folder_.open_file(remain.path);
    std::error_code ignored;
    if (!file && std::filesystem::exists(std::filesystem::symlink_status(whole, ignored))) {
      report_.errors.push_back(file.error());
      return;
    }
    if (!file || is_in_use(*file, whole)) {
      ++report_.taken_up;
      return;
    }
    // The lock is held until the name is gone: no download takes the file up in between.
    if (remain.journal) count(folder_.remove_file(*remain.journal));
    const auto removed = folder_.remove_file(remain.path);
    count(removed);
    if (!removed) return;
    report_.bytes += remain.size;
    os::Path above = remain.path.parent_path();
    while (!above.empty() && folder_.remove_if_empty(above)) {
      ++report_.folders;
      above = above.parent_path();
    }
  }

  void count(const Status& removed) {
    if (removed) {
      ++report_.files;
    } else {
      report_.errors.push_back(removed.error());
    }
  }

  const Remains& remains_;
  os::HeldFolder folder_;
  CleanReport report_;
};

}  // namespace

std::string_view to_string(Remain::Kind kind) {
  switch (kind) {
    case Remain::Kind::partial: return "partial";
    case Remain::Kind::journal: return "journal";
    case Remain::Kind::rejected: return "rejected";
    case Remain::Kind::temporary: return "temporary";
    case Remain::Kind::torrent: return "torrent";
    case Remain::Kind::magnet: return "magnet";
  }
  return "";
}

std::string_view to_string(Remain::Kept kept) {
  switch (kept) {
    case Remain::Kept::in_use: return "in use";
    case Remain::Kept::too_young: return "too young";
    case Remain::Kept::resumable: return "can be continued";
  }
  return "";
}

std::string_view to_word(Remain::Kept kept) {
  switch (kept) {
    case Remain::Kept::in_use: return "in_use";
    case Remain::Kept::too_young: return "too_young";
    case Remain::Kept::resumable: return "resumable";
  }
  return "";
}

std::size_t Remains::count() const {
  return static_cast<std::size_t>(
      std::count_if(found.begin(), found.end(), [](const Remain& remain) { return !remain.kept; }));
}

ByteCount Remains::size() const {
  return std::accumulate(found.begin(), found.end(), ByteCount{},
                         [](ByteCount sum, const Remain& remain) { return remain.kept ? sum : sum + remain.size; });
}

Result<Remains> find_remains(const os::Path& root, const CleanPolicy& policy, const std::stop_token& stop) {
  std::error_code error;
  os::Path real = std::filesystem::canonical(root, error);
  if (error || !std::filesystem::is_directory(real, error)) {
    return fail(ErrorKind::not_found, format("there is no folder {}", root.string()),
                "name the folder of your downloads with --save-path");
  }
  return Search(std::move(real), policy, stop).run();
}

CleanReport remove_remains(const Remains& remains, const std::stop_token& stop) {
  auto folder = os::HeldFolder::open(remains.root);
  if (!folder) {
    CleanReport report;
    report.errors.push_back(folder.error());
    return report;
  }
  return Removal(remains, std::move(*folder)).run(stop);
}

}  // namespace civitai::engine
