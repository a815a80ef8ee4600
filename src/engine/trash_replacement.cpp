#include "engine/trash_replacement.hpp"

#include "engine/trash.hpp"

#include <utility>

namespace civitai::engine {
namespace {

// Whether the library has the file and it lies where the library says.
Result<bool> is_here(store::Library& library, FileId file) {
  const auto entry = library.find(file);
  if (!entry) return fail(entry.error());
  if (!entry->has_value() || (*entry)->status != EntryStatus::downloaded) return false;
  const auto size = os::file_size((*entry)->path);
  return size && *size == (*entry)->size;
}

// Leaves in the act what has a successor by now.
Status drop_unreplaced(store::Library& library, TrashAct& act) {
  for (const TrashedFile& file : std::vector<TrashedFile>(act.files)) {
    bool replaced = !file.after.empty();
    for (const FileId successor : file.after) {
      const auto here = is_here(library, successor);
      if (!here) return fail(here.error());
      replaced = replaced && *here;
    }
    if (!replaced) act.drop(file.file);
  }
  return {};
}

}  // namespace

Result<TrashReport> finish_replacement(const TrashTools& tools, TrashFolder& folder, TrashAct act) {
  if (auto dropped = drop_unreplaced(tools.library, act); !dropped) return fail(dropped.error());
  if (act.files.empty()) {
    if (auto removed = folder.remove(act.id, ActState::waiting); !removed) return fail(removed.error());
    return TrashReport{};
  }
  if (auto written = folder.write(act, ActState::waiting); !written) return fail(written.error());
  if (auto moved = folder.advance(act.id, ActState::waiting, ActState::moving); !moved) return fail(moved.error());
  ActWork work(tools, folder, std::move(act));
  const Status status = work.take_away();
  return report_of(work, status);
}

Replacement::Replacement(const TrashTools& tools, TrashAct act, std::vector<Error> refusals, os::FileHandle lock)
    : tools_(tools), act_(std::move(act)), refusals_(std::move(refusals)), lock_(std::move(lock)) {}

Replacement::Replacement(Replacement&& other) noexcept
    : tools_(std::exchange(other.tools_, std::nullopt)),
      act_(std::move(other.act_)),
      refusals_(std::move(other.refusals_)),
      lock_(std::move(other.lock_)) {}

Replacement::~Replacement() {
  if (!tools_ || act_.files.empty()) return;
  TrashFolder folder(tools_->files, tools_->root);
  const auto lock = folder.lock();
  if (lock) static_cast<void>(folder.remove(act_.id, ActState::waiting));
}

Result<Replacement> Replacement::prepare(const TrashTools& tools, const Removal& removal,
                                         const std::unordered_map<FileId, std::vector<FileId>>& successors) {
  TrashFolder folder(tools.files, tools.root);
  const auto lock = enter_trash(tools, folder);
  if (!lock) return fail(lock.error());
  TrashAct act = act_of(removal, folder, tools.clock.now());
  act.kind = TrashAct::Kind::replacement;
  for (TrashedFile& file : act.files) {
    if (const auto found = successors.find(file.file); found != successors.end()) file.after = found->second;
  }
  if (act.files.empty()) return Replacement(tools, std::move(act), refusals_of(removal), {});
  if (auto written = folder.write(act, ActState::waiting); !written) return fail(written.error());
  auto waiting = folder.lock_waiting(act.id);
  if (!waiting) return fail(waiting.error());
  return Replacement(tools, std::move(act), refusals_of(removal), std::move(*waiting));
}

Result<TrashReport> Replacement::finish() {
  const TrashTools tools = *std::exchange(tools_, std::nullopt);
  if (act_.files.empty()) return TrashReport{.errors = std::move(refusals_)};
  TrashFolder folder(tools.files, tools.root);
  const auto lock = folder.lock();
  if (!lock) return fail(unfinished(lock.error()));
  auto report = finish_replacement(tools, folder, std::move(act_));
  if (report) report->errors.insert(report->errors.end(), refusals_.begin(), refusals_.end());
  return report;
}

}  // namespace civitai::engine
