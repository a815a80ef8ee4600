#include "engine/trash_work.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/trash_moves.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace civitai::engine {
namespace {

std::vector<FileId> ids_of(const std::vector<TrashedFile>& files) {
  std::vector<FileId> ids;
  ids.reserve(files.size());
  for (const TrashedFile& file : files) ids.push_back(file.file);
  return ids;
}

bool has_content(const std::vector<TrashMove>& moves, FileId file) {
  return std::any_of(moves.begin(), moves.end(),
                     [&](const TrashMove& move) { return move.file == file && move.role == TrashMove::Role::content; });
}

}  // namespace

ByteCount TrashReport::bytes() const {
  ByteCount sum;
  for (const TrashMove& move : moves) sum += move.size;
  return sum;
}

void TrashReport::add(TrashReport part) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  act = part.act;
  append(files, part.files);
  append(moves, part.moves);
  append(missing, part.missing);
  append(errors, part.errors);
  append(notices, part.notices);
}

// The act for a removal, with a place for each of its files. Content first, what is shared last.
TrashAct act_of(const Removal& removal, const TrashFolder& folder, SystemTime now) {
  TrashAct act;
  act.id = folder.new_id(now);
  act.at = now;
  const auto add = [&](const RemovalPath& path, FileId file, TrashMove::Role role) {
    const os::Path from = path.path.lexically_relative(folder.root());
    act.moves.push_back({from, folder.place_for(act.id, act.moves.size() + 1, from), path.size, file, role});
  };
  for (const RemovalItem& item : removal.items) {
    if (item.refusal) continue;
    const LibraryEntry& entry = item.entry;
    act.files.push_back(
        {entry.file_id, entry.version_id, entry.model_id, entry.model_name, entry.version_name, entry.file_name, {}});
    if (item.content) add(*item.content, entry.file_id, TrashMove::Role::content);
  }
  for (const RemovalItem& item : removal.items) {
    if (item.refusal) continue;
    for (const RemovalPath& path : item.companions) add(path, item.entry.file_id, TrashMove::Role::companion);
  }
  for (const RemovalPath& path : removal.folders) add(path, {}, TrashMove::Role::companion);
  return act;
}

std::vector<Error> refusals_of(const Removal& removal) {
  std::vector<Error> errors;
  for (const RemovalItem& item : removal.items) {
    if (item.refusal) errors.push_back(*item.refusal);
  }
  return errors;
}

ActWork::ActWork(const TrashTools& tools, TrashFolder& folder, TrashAct act)
    : tools_(tools), folder_(folder), act_(std::move(act)) {
  report_.act = act_.id;
}

void ActWork::move_all_away() {
  for (std::size_t i = 0; i < act_.moves.size();) {
    if (move_away(i)) ++i;
  }
  report_.files = act_.files;
  report_.moves = act_.moves;
  for (const TrashedFile& file : act_.files) {
    if (!has_content(act_.moves, file.file)) report_.missing.push_back(file.file);
  }
}

Status ActWork::take_away() {
  const std::size_t planned = act_.moves.size();
  move_all_away();
  if (act_.files.empty()) return folder_.remove(act_.id, ActState::moving);
  if (act_.moves.size() != planned) {
    if (auto written = folder_.write(act_, ActState::moving); !written) return written;
  }
  if (auto flushed = flush_folders(tools_.files, folder_.root(), act_.moves); !flushed) return flushed;
  if (auto marked = tools_.library.mark_deleted(ids_of(act_.files)); !marked) return marked;
  for (const TrashMove& move : act_.moves) {
    remove_empty_folders((folder_.root() / move.from).parent_path(), folder_.root());
  }
  return folder_.advance(act_.id, ActState::moving, ActState::kept);
}

Status ActWork::bring_back() {
  std::vector<TrashMove> left;
  for (const TrashMove& move : act_.moves) {
    MoveOutcome outcome = move_back(tools_.files, folder_.root(), move);
    if (outcome.kind == MoveOutcome::Kind::done) report_.moves.push_back(move);
    if (outcome.kind == MoveOutcome::Kind::missing) note_lost(move);
    if (outcome.kind != MoveOutcome::Kind::failed) continue;
    report_.errors.push_back(std::move(outcome.error));
    left.push_back(move);
  }
  // What was taken away without a content comes back as a record.
  std::vector<TrashedFile> staying;
  for (const TrashedFile& file : act_.files) {
    (has_content(left, file.file) ? staying : report_.files).push_back(file);
  }
  if (auto flushed = flush_folders(tools_.files, folder_.root(), act_.moves); !flushed) return flushed;
  if (auto unmarked = tools_.library.unmark_deleted(ids_of(report_.files)); !unmarked) return unmarked;
  remove_empty_places();
  if (left.empty() && staying.empty()) return folder_.remove(act_.id, ActState::restoring);
  act_.moves = std::move(left);
  act_.files = std::move(staying);
  if (auto written = folder_.write(act_, ActState::restoring); !written) return written;
  return folder_.advance(act_.id, ActState::restoring, ActState::kept);
}

Status ActWork::remove_all() {
  for (const TrashMove& move : act_.moves) {
    if (auto removed = remove_for_good(tools_.files, folder_.root(), move); !removed) return removed;
    report_.moves.push_back(move);
  }
  report_.files = act_.files;
  remove_empty_places();
  return folder_.remove(act_.id, ActState::emptying);
}

// Whether the move stays part of the act.
bool ActWork::move_away(std::size_t i) {
  const auto beside = [&] { return folder_.place_beside(act_.id, i + 1, act_.moves[i].from); };
  const auto note = [&] { return folder_.write(act_, ActState::moving); };
  MoveOutcome outcome = move_into_trash(tools_.files, folder_.root(), act_.moves[i], beside, note);
  if (outcome.kind == MoveOutcome::Kind::done) return true;
  const TrashMove move = act_.moves[i];
  if (outcome.kind == MoveOutcome::Kind::failed && move.role == TrashMove::Role::content) {
    report_.errors.push_back(std::move(outcome.error));
    act_.drop(move.file);
    return false;
  }
  if (outcome.kind == MoveOutcome::Kind::failed) {
    report_.notices.push_back(format("left in place: {}", outcome.error.message));
  }
  act_.moves.erase(act_.moves.begin() + static_cast<std::ptrdiff_t>(i));
  return false;
}

void ActWork::note_lost(const TrashMove& move) {
  report_.notices.push_back(format("{} is not in the trash any more", printable(move.from.native())));
  if (move.role == TrashMove::Role::content) report_.missing.push_back(move.file);
}

// The trash beside a file's old place goes with its last file.
void ActWork::remove_empty_places() const {
  for (const TrashMove& move : act_.moves) {
    const os::Path place = (folder_.root() / move.to).parent_path();
    const bool beside = place.filename() == trash_folder_name;
    if (beside) remove_empty_folders(place, place.parent_path());
  }
}

Error unfinished(const Error& error) {
  Error told = error;
  if (told.hint.empty()) told.hint = "what has begun is finished by the next start of the program";
  return told;
}

Result<TrashReport> report_of(ActWork& work, const Status& status) {
  if (!status) return fail(unfinished(status.error()));
  return work.take_report();
}

}  // namespace civitai::engine
