#include "engine/trash.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/trash_moves.hpp"
#include "engine/trash_replacement.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace civitai::engine {
namespace {

Result<TrashReport> settle(const TrashTools& tools, TrashFolder& folder, ListedAct listed) {
  if (listed.state == ActState::waiting) {
    auto lock = folder.lock_waiting(listed.act.id);
    if (!lock) return lock.error().kind == ErrorKind::busy ? Result<TrashReport>() : fail(lock.error());
    return finish_replacement(tools, folder, std::move(listed.act));
  }
  ActWork work(tools, folder, std::move(listed.act));
  switch (listed.state) {
    case ActState::moving: return report_of(work, work.take_away());
    case ActState::restoring: return report_of(work, work.bring_back());
    case ActState::emptying: return report_of(work, work.remove_all());
    case ActState::waiting:
    case ActState::kept: break;
  }
  return TrashReport{};
}

Result<TrashReport> settle_locked(const TrashTools& tools, TrashFolder& folder) {
  TrashReport sum;
  if (!folder.has_unfinished()) return sum;
  folder.remove_abandoned();
  for (ListedAct& listed : folder.acts(sum.errors)) {
    if (listed.state == ActState::kept) continue;
    auto report = settle(tools, folder, std::move(listed));
    if (report) {
      sum.add(std::move(*report));
    } else {
      sum.errors.push_back(report.error());
    }
  }
  return sum;
}

// The last one that is done with, or the wanted one.
Result<TrashAct> find_act(const TrashFolder& folder, const std::string& wanted) {
  std::optional<TrashAct> found;
  std::vector<Error> damaged;
  for (ListedAct& listed : folder.acts(damaged)) {
    const bool fits = wanted.empty() || listed.act.id == wanted;
    if (fits && listed.state == ActState::kept) found = std::move(listed.act);
  }
  if (found) return std::move(*found);
  if (!damaged.empty()) return fail(damaged.back());
  if (wanted.empty()) return fail(ErrorKind::not_found, "there is nothing to undo: the trash is empty");
  return fail(ErrorKind::not_found, format("the trash has no act {}", printable(wanted)),
              "`trash list` shows what there is");
}

Status check_places(const TrashFolder& folder, const TrashAct& act) {
  for (const TrashMove& move : act.moves) {
    if (!is_place_taken(folder.root(), move)) continue;
    return fail(ErrorKind::io,
                format("{} is there again, undo would overwrite it", printable((folder.root() / move.from).native())),
                "move that away and run undo again; nothing was changed");
  }
  return {};
}

}  // namespace

Result<os::FileHandle> enter_trash(const TrashTools& tools, TrashFolder& folder) {
  auto lock = folder.lock();
  if (!lock) return lock;
  const auto settled = settle_locked(tools, folder);
  if (!settled) return fail(settled.error());
  return lock;
}

Result<TrashReport> remove_entries(const TrashTools& tools, const Removal& removal) {
  TrashFolder folder(tools.files, tools.root);
  const auto lock = enter_trash(tools, folder);
  if (!lock) return fail(lock.error());
  TrashAct act = act_of(removal, folder, tools.clock.now());
  if (act.files.empty()) return TrashReport{.errors = refusals_of(removal)};
  if (auto written = folder.write(act, ActState::moving); !written) return fail(written.error());
  ActWork work(tools, folder, std::move(act));
  const Status status = work.take_away();
  auto report = report_of(work, status);
  if (report) {
    for (Error& refusal : refusals_of(removal)) report->errors.push_back(std::move(refusal));
  }
  return report;
}

Result<TrashReport> undo(const TrashTools& tools, const std::string& wanted) {
  TrashFolder folder(tools.files, tools.root);
  // Nothing is made where there never was a trash.
  if (!folder.exists()) return fail(find_act(folder, wanted).error());
  const auto lock = enter_trash(tools, folder);
  if (!lock) return fail(lock.error());
  Result<TrashAct> act = find_act(folder, wanted);
  if (!act) return fail(act.error());
  if (auto free = check_places(folder, *act); !free) return fail(free.error());
  if (auto begun = folder.advance(act->id, ActState::kept, ActState::restoring); !begun) return fail(begun.error());
  ActWork work(tools, folder, std::move(*act));
  const Status status = work.bring_back();
  return report_of(work, status);
}

Result<TrashAct> act_to_undo(const TrashTools& tools, const std::string& wanted) {
  return find_act(TrashFolder(tools.files, tools.root), wanted);
}

Result<TrashReport> empty_trash(const TrashTools& tools, const std::vector<std::string>& acts) {
  TrashFolder folder(tools.files, tools.root);
  if (acts.empty() || !folder.exists()) return TrashReport{};
  const auto lock = enter_trash(tools, folder);
  if (!lock) return fail(lock.error());
  TrashReport sum;
  for (ListedAct& listed : folder.acts(sum.errors)) {
    const bool chosen = std::find(acts.begin(), acts.end(), listed.act.id) != acts.end();
    if (!chosen || listed.state != ActState::kept) continue;
    const std::string id = listed.act.id;
    Status status = folder.advance(id, ActState::kept, ActState::emptying);
    ActWork work(tools, folder, std::move(listed.act));
    if (status) status = work.remove_all();
    sum.add(work.take_report());
    if (!status) sum.errors.push_back(unfinished(status.error()));
  }
  return sum;
}

Result<TrashReport> settle_trash(const TrashTools& tools) {
  TrashFolder folder(tools.files, tools.root);
  if (!folder.has_unfinished()) return TrashReport{};
  const auto lock = folder.lock();
  if (!lock) return lock.error().kind == ErrorKind::busy ? Result<TrashReport>() : fail(lock.error());
  return settle_locked(tools, folder);
}

}  // namespace civitai::engine
