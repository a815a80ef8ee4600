#include "engine/trash_folder.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "os/publish.hpp"
#include "os/safe_name.hpp"

#include <algorithm>
#include <array>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

constexpr ByteCount largest_manifest = mebibytes(256);
constexpr std::string_view lock_name = "lock";
constexpr std::string_view ending = ".trashed";

struct StateRow {
  ActState state;
  std::string_view file;
};

constexpr std::array<StateRow, 5> states = {{
    {ActState::waiting, "waiting.json"},
    {ActState::moving, "moving.json"},
    {ActState::kept, "manifest.json"},
    {ActState::restoring, "restoring.json"},
    {ActState::emptying, "emptying.json"},
}};

std::string_view file_of(ActState state) { return states[static_cast<std::size_t>(state)].file; }

// The number in front of an act's id; 0 for the name of something else.
std::int64_t number_of(std::string_view id) { return parse_integer(id.substr(0, id.find('-'))).value_or(0); }

std::string trashed_name(std::string_view start, const os::Path& from) {
  const std::string name = from.filename().native();
  const std::size_t room = os::longest_component - start.size() - ending.size();
  return format("{}{}{}", start, utf8_prefix(name, room), ending);
}

os::Path without_end(const os::Path& root) {
  const os::Path normal = root.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

bool has_name(const os::Path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

TrashFolder::TrashFolder(os::FileSystem& files, const os::Path& root) : files_(&files), root_(without_end(root)) {}

os::Path TrashFolder::folder() const { return root_ / trash_folder_name; }
os::Path TrashFolder::folder_of(const std::string& act) const { return folder() / act; }
os::Path TrashFolder::manifest_of(const std::string& act, ActState state) const {
  return folder_of(act) / file_of(state);
}

bool TrashFolder::exists() const {
  std::error_code ignored;
  return fs::is_directory(folder(), ignored);
}

Result<os::FileHandle> TrashFolder::lock_file(const os::Path& path) {
  auto file = files_->open(path, os::OpenMode::write);
  if (!file) return fail(file.error());
  const auto locked = os::try_lock(*file, path);
  if (!locked) return fail(locked.error());
  if (!*locked) {
    return fail(ErrorKind::busy, format("another process is at work in the trash {}", printable(folder().native())),
                "wait for it to end and try again");
  }
  return std::move(*file);
}

Result<os::FileHandle> TrashFolder::lock() {
  if (auto made = os::make_directories(*files_, folder()); !made) return fail(made.error());
  return lock_file(folder() / lock_name);
}

Result<os::FileHandle> TrashFolder::lock_waiting(const std::string& act) {
  return lock_file(manifest_of(act, ActState::waiting));
}

std::vector<std::string> TrashFolder::ids() const {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder(), ignored)) {
    std::string name = entry.path().filename().native();
    const bool is_act = number_of(name) > 0 && entry.symlink_status(ignored).type() == fs::file_type::directory;
    if (is_act) found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    return std::pair(number_of(a), a) < std::pair(number_of(b), b);
  });
  return found;
}

std::optional<ActState> TrashFolder::state_of(const std::string& act) const {
  for (const StateRow& row : states) {
    if (has_name(manifest_of(act, row.state))) return row.state;
  }
  return std::nullopt;
}

std::vector<ListedAct> TrashFolder::acts(std::vector<Error>& damaged) const {
  std::vector<ListedAct> listed;
  for (const std::string& id : ids()) {
    const auto state = state_of(id);
    if (!state) continue;
    const os::Path path = manifest_of(id, *state);
    const auto text = os::read_text(path, largest_manifest);
    auto act = text ? read_act(*text) : Result<TrashAct>(fail(text.error()));
    // A copied folder would have its files moved twice.
    if (act && act->id != id) act = fail(ErrorKind::io, "the manifest belongs to another act");
    if (act) {
      listed.push_back({*state, std::move(*act)});
    } else {
      damaged.push_back(act.error().with_context(printable(path.native())));
    }
  }
  return listed;
}

bool TrashFolder::has_unfinished() const {
  const std::vector<std::string> all = ids();
  return std::any_of(all.begin(), all.end(), [this](const std::string& id) { return state_of(id) != ActState::kept; });
}

void TrashFolder::remove_abandoned() {
  std::error_code ignored;
  for (const std::string& id : ids()) {
    if (state_of(id)) continue;
    for (const auto& entry : fs::directory_iterator(folder_of(id), ignored)) {
      if (entry.path().extension() == ".tmp") static_cast<void>(files_->remove(entry.path()));
    }
    fs::remove(folder_of(id), ignored);
  }
}

std::string TrashFolder::new_id(SystemTime now) const {
  const std::vector<std::string> all = ids();
  const std::int64_t number = all.empty() ? 1 : number_of(all.back()) + 1;
  std::string time = to_iso8601(now).substr(0, 19);
  std::erase_if(time, [](char letter) { return letter == '-' || letter == ':'; });
  return format("{:06}-{}Z", number, time);
}

os::Path TrashFolder::place_for(const std::string& act, std::size_t number, const os::Path& from) const {
  return os::Path(trash_folder_name) / act / trashed_name(format("{:04}.", number), from);
}

os::Path TrashFolder::place_beside(const std::string& act, std::size_t number, const os::Path& from) const {
  return from.parent_path() / trash_folder_name / trashed_name(format("{}.{:04}.", act, number), from);
}

Status TrashFolder::write(const TrashAct& act, ActState state) {
  return os::publish_text(*files_, manifest_of(act.id, state), to_json(act));
}

Status TrashFolder::advance(const std::string& act, ActState from, ActState to) {
  const Status renamed = files_->rename(manifest_of(act, from), manifest_of(act, to), os::FileSystem::Replace::yes);
  return renamed ? files_->flush_directory(folder_of(act)) : renamed;
}

Status TrashFolder::remove(const std::string& act, ActState state) {
  if (const Status removed = files_->remove(manifest_of(act, state)); !removed) return removed;
  std::error_code ignored;
  fs::remove(folder_of(act), ignored);
  return files_->flush_directory(folder());
}

}  // namespace civitai::engine
