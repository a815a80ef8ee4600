#include "engine/placing.hpp"

#include "base/format.hpp"
#include "os/stamp.hpp"

#include <array>
#include <utility>

namespace civitai::engine {
namespace {

// A file on its way through the steps. Once `status` is an error the further steps leave it alone.
struct Placement {
  Arrived arrived;
  Status status = {};
  ItemReport::Outcome outcome = ItemReport::Outcome::downloaded;

  [[nodiscard]] os::OpenFile open_file() const {
    return arrived.partial ? arrived.partial->open_file() : os::OpenFile{&arrived.handle, &arrived.path};
  }
};

class Group {
 public:
  Group(const Workshop& shop, std::vector<Arrived> group) : shop_(shop), tools_(shop.tools) {
    for (Arrived& one : group) {
      if (one.partial) tools_.observer.on_phase(one.item, Phase::placing);
      placements_.push_back({std::move(one)});
    }
  }

  std::vector<ItemReport> run() {
    announce();
    flush();
    for (Placement& one : placements_) {
      if (one.status) one.status = give_name(one);
    }
    settle();
    for (const Placement& one : placements_) {
      if (one.status) remove_remains(one);
    }
    record();
    std::vector<ItemReport> reports;
    reports.reserve(placements_.size());
    for (Placement& one : placements_) reports.push_back(report(one));
    return reports;
  }

 private:
  const PlanItem& item_of(const Placement& one) const { return shop_.plan.items[one.arrived.item]; }
  FileId file_of(const Placement& one) const { return shop_.plan.file_of(item_of(one).place).id; }

  store::Record pending(const Placement& one, const os::Path& path) const {
    return file_record(shop_, one.arrived.item, one.arrived.promise, path);
  }

  // The library knows a name before the file gets it, so that a crash right after the rename leaves a trace that leads
  // there.
  void announce() {
    std::vector<store::Record> records;
    for (const Placement& one : placements_) {
      // Of what is wrong the library goes on telling until the right bytes are here.
      const bool known = item_of(one).replaces || !one.arrived.partial || one.arrived.path == first_path(item_of(one));
      if (!known) records.push_back(pending(one, one.arrived.path));
    }
    if (records.empty()) return;
    const Status status = shop_.library.record_all(records);
    for (Placement& one : placements_) {
      if (!status) one.status = status;
    }
  }

  void flush() {
    std::vector<os::OpenFile> files;
    std::vector<Placement*> owners;
    for (Placement& one : placements_) {
      if (!one.status) continue;
      files.push_back(one.open_file());
      owners.push_back(&one);
    }
    if (files.empty()) return;
    const auto statuses = tools_.files.flush_together(files);
    for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->status = statuses[i];
  }

  Status give_name(Placement& one) {
    if (!one.arrived.partial) {
      one.outcome = ItemReport::Outcome::adopted;
      return {};
    }
    if (item_of(one).replaces) return take_the_name(one);
    const os::Path wanted = one.arrived.path;
    const os::Path own = own_path(shop_.plan, one.arrived.item, wanted);
    for (const os::Path& path : {wanted, own}) {
      if (path != wanted) {
        const std::array<store::Record, 1> record = {pending(one, path)};
        if (auto status = shop_.library.record_all(record); !status) return status;
      }
      one.arrived.path = path;
      const auto outcome = one.arrived.partial->give_name(path);
      if (!outcome) return fail(outcome.error());
      if (*outcome == PartialFile::Outcome::published) return {};
      const auto same = is_same(one);
      if (!same) return fail(same.error());
      if (*same) return one.arrived.partial->discard();
    }
    return fail(ErrorKind::io, format("{} is taken by another file", own.string()),
                "move that file away and run again");
  }

  // Only now, with the right bytes on the disk and journalled, the wrong ones give up their name, and they go when the
  // right ones have it. Killed in between, the next run finds the name free and the bytes here.
  Status take_the_name(Placement& one) {
    keep(one);
    const os::Path target = item_of(one).target;
    const os::Path aside = replaced_path(target, file_of(one));
    one.arrived.path = target;
    if (is_there(target)) {
      if (auto moved = tools_.files.rename(target, aside, os::FileSystem::Replace::yes); !moved) return moved;
    }
    const auto outcome = one.arrived.partial->give_name(target);
    if (outcome && *outcome == PartialFile::Outcome::published) return {};
    static_cast<void>(tools_.files.rename(aside, target, os::FileSystem::Replace::no));
    if (!outcome) return fail(outcome.error());
    return fail(ErrorKind::io, format("{} is taken by another file", target.string()), "run again");
  }

  static bool is_there(const os::Path& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
  }

  // This very file may have come there in the meantime, or in a run whose record was lost.
  Result<bool> is_same(Placement& one) {
    const auto taken = shop_.library.is_taken(one.arrived.path, file_of(one));
    if (!taken) return fail(taken.error());
    if (*taken) return false;
    auto found = find_at(shop_, one.arrived.item, one.arrived.promise, one.arrived.path);
    if (!found) return fail(found.error());
    if (!*found) return false;
    // What lies there may not be flushed yet.
    if (auto status = tools_.files.flush((*found)->handle, one.arrived.path); !status) return fail(status.error());
    one.arrived.proven = std::move((*found)->proven);
    one.outcome = ItemReport::Outcome::adopted;
    return true;
  }

  void settle() {
    std::vector<os::Path> folders;
    for (const Placement& one : placements_) {
      if (one.status) folders.push_back(one.arrived.path.parent_path());
    }
    if (folders.empty()) return;
    const Status status = shop_.folders.settle(folders);
    for (Placement& one : placements_) {
      if (one.status && !status) one.status = status;
    }
  }

  // The journal, or what a crash right after the rename has left; and the bytes that were kept until these came. Before
  // the record: a file that is recorded is not looked at again.
  void remove_remains(const Placement& one) {
    if (one.outcome == ItemReport::Outcome::adopted) {
      PartialFile::remove_remains(tools_.files, partial_path(item_of(one).target, file_of(one)));
    } else {
      one.arrived.partial->forget_journal();
    }
    const os::Path& target = item_of(one).target;
    remove_kept(rejected_path(target, file_of(one)));
    remove_kept(replaced_path(target, file_of(one)));
  }

  void remove_kept(const os::Path& kept) {
    if (!is_there(kept)) return;
    Status gone = tools_.files.remove(kept);
    if (gone) gone = tools_.files.flush_directory(kept.parent_path());
    if (!gone) tools_.log.debug("{}", gone.error().message);
  }

  void record() {
    std::vector<store::Record> records;
    for (const Placement& one : placements_) {
      if (one.status) add_records(one, records);
    }
    if (records.empty() || shop_.library.record_all(records)) return;
    // One of them may be to blame.
    for (Placement& one : placements_) {
      if (!one.status) continue;
      records.clear();
      add_records(one, records);
      one.status = shop_.library.record_all(records);
    }
  }

  void add_records(const Placement& one, std::vector<store::Record>& records) const {
    const Proven& proven = one.arrived.proven;
    if (item_of(one).replaces) records.push_back(pending(one, one.arrived.path));
    store::DownloadedRecord record{file_of(one), one.arrived.path, proven.size, proven.computed, proof_of(proven)};
    const auto stamp = os::stamp_of(one.arrived.path);
    if (stamp && stamp->size == proven.size) record.stamp = *stamp;
    records.emplace_back(std::move(record));
  }

  ItemReport report(Placement& one) {
    ItemReport report{.outcome = one.outcome, .fetched = one.arrived.fetched};
    if (one.status) {
      report.path = one.arrived.path;
      report.proven_by = proof_of(one.arrived.proven).kind;
    } else {
      report.error = one.status.error();
      keep(one);
    }
    return report;
  }

  // Every byte is here: the next run shall not fetch them again. Where they have their final name, it finds them there.
  void keep(Placement& one) {
    if (!one.arrived.partial) return;
    const auto kept = one.arrived.partial->keep_whole(one.arrived.proven.size.value);
    if (!kept) tools_.log.debug("{}", kept.error().message);
  }

  const Workshop& shop_;
  const Tools& tools_;
  std::vector<Placement> placements_;
};

}  // namespace

std::vector<ItemReport> place(const Workshop& shop, std::vector<Arrived> group) {
  return Group(shop, std::move(group)).run();
}

}  // namespace civitai::engine
