#include "engine/trash_moves.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <set>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

std::string shown(const os::Path& path) { return printable(path.native()); }

// Where exclusive renames are made of a hard link, a crash can leave both names of one file.
bool is_same_file(const os::Path& a, const os::Path& b) {
  std::error_code code;
  const bool links = fs::is_symlink(fs::symlink_status(a, code)) || fs::is_symlink(fs::symlink_status(b, code));
  return !links && fs::equivalent(a, b, code) && !code;
}

MoveOutcome failed(Error error) { return {MoveOutcome::Kind::failed, std::move(error)}; }

// Moves unless it has been moved already. A status of kind not_found: there is nothing under either name.
Status move(os::FileSystem& files, const os::Path& from, const os::Path& to) {
  const bool there = has_name(to);
  if (!has_name(from)) return there ? Status{} : fail(ErrorKind::not_found, format("{} is missing", shown(from)));
  if (there && is_same_file(from, to)) return files.remove(from);
  if (there) return fail(ErrorKind::io, format("{} is there again", shown(to)));
  if (auto made = os::make_directories(files, to.parent_path()); !made) return made;
  return files.rename(from, to, os::FileSystem::Replace::no);
}

}  // namespace

MoveOutcome move_into_trash(os::FileSystem& files, const os::Path& root, TrashMove& one,
                            const std::function<os::Path()>& beside, const std::function<Status()>& note) {
  const os::Path from = root / one.from;
  const Status first = move(files, from, root / one.to);
  if (first) return {};
  if (first.error().kind == ErrorKind::not_found) return {MoveOutcome::Kind::missing};
  const os::Path planned = std::exchange(one.to, beside());
  if (planned != one.to) {
    if (auto noted = note(); !noted) return failed(noted.error());
    if (move(files, from, root / one.to)) return {};
    remove_empty_folders((root / one.to).parent_path(), from.parent_path());
  }
  return failed(first.error());
}

MoveOutcome move_back(os::FileSystem& files, const os::Path& root, const TrashMove& one) {
  const Status moved = move(files, root / one.to, root / one.from);
  if (moved) return {};
  const bool missing = moved.error().kind == ErrorKind::not_found;
  return missing ? MoveOutcome{MoveOutcome::Kind::missing} : failed(moved.error());
}

bool is_place_taken(const os::Path& root, const TrashMove& one) {
  const os::Path from = root / one.from;
  const os::Path to = root / one.to;
  return has_name(from) && has_name(to) && !is_same_file(from, to);
}

Status remove_for_good(os::FileSystem& files, const os::Path& root, const TrashMove& one) {
  const os::Path path = root / one.to;
  std::error_code code;
  const fs::file_status status = fs::symlink_status(path, code);
  if (!fs::exists(status)) return {};
  if (!fs::is_directory(status)) return files.remove(path);
  fs::remove_all(path, code);
  if (code) return fail(system_error(code.value(), format("cannot remove {}", shown(path))));
  return {};
}

Status flush_folders(os::FileSystem& files, const os::Path& root, const std::vector<TrashMove>& moves) {
  std::set<os::Path> folders;
  for (const TrashMove& one : moves) {
    folders.insert((root / one.from).parent_path());
    folders.insert((root / one.to).parent_path());
  }
  std::error_code ignored;
  for (const os::Path& folder : folders) {
    if (!fs::is_directory(folder, ignored)) continue;
    if (auto flushed = files.flush_directory(folder); !flushed) return flushed;
  }
  return {};
}

void remove_empty_folders(const os::Path& folder, const os::Path& root) {
  std::error_code code;
  for (os::Path one = folder; is_below(one, root); one = one.parent_path()) {
    // A link to a folder is no empty folder.
    if (fs::symlink_status(one, code).type() != fs::file_type::directory) return;
    if (!fs::remove(one, code) || code) return;
  }
}

}  // namespace civitai::engine
