#include "engine/torrent_units.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "layout/layout.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

namespace civitai::engine {
namespace {

constexpr std::size_t longest_stem =
    200;  // leaves room for "-magnet.txt" and what is put behind a name while it is written
constexpr std::string_view images_name = "images";

std::string with_slugs(std::int64_t id, std::initializer_list<std::string_view> names) {
  std::string stem = format("{}", id);
  for (const std::string_view name : names) {
    if (const std::string part = layout::slug(name); !part.empty()) stem += "-" + part;
  }
  return os::safe_component(utf8_prefix(stem, longest_stem));
}

bool is_private(std::string_view name) {
  const std::string lower = to_lower(name);
  constexpr std::array<std::string_view, 3> products = {".tmp", ".torrent", "-magnet.txt"};
  return lower.starts_with('.') || std::any_of(products.begin(), products.end(),
                                               [&](std::string_view ending) { return lower.ends_with(ending); });
}

// Whether `name` is `stem` with something behind a dot.
bool stands_beside(std::string_view name, std::string_view stem) {
  return name.size() > stem.size() + 1 && name.starts_with(stem) && name[stem.size()] == '.';
}

bool lies_below(const os::Path& path, const os::Path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() && path != folder;
}

os::Path common_folder(const std::vector<os::Path>& files) {
  os::Path common = files.front().parent_path();
  for (const os::Path& file : files) {
    while (!common.empty() && !lies_below(file, common)) {
      if (common == common.parent_path()) return {};
      common = common.parent_path();
    }
  }
  return common;
}

// Where `download --version-images` put them, when this file was the one that gave the folder its name.
os::Path version_images_of(const LibraryEntry& entry) {
  Model model;
  model.id = entry.model_id;
  model.name = entry.model_name;
  model.type = entry.model_type;
  ModelVersion version;
  version.id = entry.version_id;
  version.name = entry.version_name;
  version.base_model = entry.base_model;
  ModelFile file;
  file.id = entry.file_id;
  file.name = entry.file_name;
  return layout::version_images_folder(model, version, file);
}

class Collector {
 public:
  Collector(const TorrentUnit& unit, const LibraryFolders& folders, const os::Path& save_path)
      : unit_(unit), folders_(folders), save_path_(save_path) {}

  std::vector<os::Path> run() {
    for (const LibraryEntry& entry : unit_.entries) add(entry);
    return {files_.begin(), files_.end()};
  }

 private:
  void add(const LibraryEntry& entry) {
    const os::Path path = entry.path;
    files_.insert(path);
    const os::Path folder = path.parent_path();
    if (visited_.insert(folder).second) {
      add_beside(folder);
      if (is_alone_in(folder)) add_all(folder / images_name);
    }
    add_all(save_path_ / version_images_of(entry));
    if (unit_.per != TorrentPer::model) return;
    for (os::Path above = folder; lies_below(above, save_path_); above = above.parent_path()) add_of_model(above);
  }

  [[nodiscard]] bool owns(const LibraryFolders::Resident& resident) const {
    return unit_.per == TorrentPer::model ? resident.model == unit_.first().model_id
                                          : resident.version == unit_.first().version_id;
  }

  [[nodiscard]] bool is_alone_in(const os::Path& folder) const {
    const auto& residents = folders_.in(folder);
    return std::all_of(residents.begin(), residents.end(), [&](const auto& resident) { return owns(resident); });
  }

  // Of files whose names begin alike, the one with the longest stem owns what stands beside it.
  [[nodiscard]] bool is_ours(const os::Path& folder, const std::string& name) const {
    const LibraryFolders::Resident* owner = nullptr;
    for (const auto& resident : folders_.in(folder)) {
      if (resident.name == name) return false;  // a file of the library is shared as such or not at all
      const bool nearer = owner == nullptr || resident.stem.size() > owner->stem.size();
      if (stands_beside(name, resident.stem) && nearer) owner = &resident;
    }
    return owner != nullptr && owns(*owner);
  }

  void add_beside(const os::Path& folder) {
    each_file(folder, [&](const os::Path& path, const std::string& name) {
      if (is_ours(folder, name)) files_.insert(path);
    });
  }

  void add_of_model(const os::Path& folder) {
    if (!visited_as_model_.insert(folder).second) return;
    const std::string prefix = format("{}-", unit_.first().model_id.value);
    bool has_document = false;
    each_file(folder, [&](const os::Path& path, const std::string& name) {
      if (!name.starts_with(prefix) || !name.ends_with(".json")) return;
      files_.insert(path);
      has_document = true;
    });
    if (has_document && folders_.only_of(folder, unit_.first().model_id)) add_all(folder / images_name);
  }

  // Everything below a folder but links and what is not to be shared.
  void add_all(const os::Path& folder) {
    std::error_code unknown;
    if (!std::filesystem::is_directory(std::filesystem::symlink_status(folder, unknown))) return;
    each_file(folder, [&](const os::Path& path, const std::string&) { files_.insert(path); });
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      const bool hidden = is_private(entry.path().filename().string());
      if (!hidden) add_all(entry.path());
    }
  }

  template <class Use>
  static void each_file(const os::Path& folder, Use use) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (!is_private(name) && entry.is_regular_file(error) && !entry.is_symlink(error)) use(entry.path(), name);
    }
  }

  const TorrentUnit& unit_;
  const LibraryFolders& folders_;
  const os::Path& save_path_;
  std::set<os::Path> files_;
  std::set<os::Path> visited_;
  std::set<os::Path> visited_as_model_;
};

bool is_named_after(const TorrentUnit& unit, const os::Path& folder) {
  const std::string name = folder.filename().string();
  const LibraryEntry& entry = unit.first();
  const bool version = unit.per == TorrentPer::version && name.starts_with(format("{}-", entry.version_id.value));
  return version || name == layout::slug(entry.model_name) || name.starts_with(format("{}-", entry.model_id.value));
}

os::Path root_of(const TorrentUnit& unit, const std::vector<os::Path>& files, const os::Path& save_path) {
  const os::Path common = common_folder(files);
  for (os::Path folder = common; lies_below(folder, save_path); folder = folder.parent_path()) {
    if (is_named_after(unit, folder)) return folder;
  }
  return common;
}

Status check_length(const LibraryEntry& entry) {
  const auto size = os::file_size(entry.path);
  constexpr std::string_view hint = "`db verify` downloads again what is wrong";
  if (!size) return fail({ErrorKind::io, size.error().message, std::string(hint)});
  if (*size == entry.size) return {};
  return fail(ErrorKind::verification,
              format("{} has {} bytes instead of {}", entry.path, size->value, entry.size.value), std::string(hint));
}

Result<TorrentContent> folder_of(const TorrentUnit& unit, const LibraryFolders& folders, const os::Path& save_path) {
  const std::vector<os::Path> files = Collector(unit, folders, save_path).run();
  const os::Path root = root_of(unit, files, save_path);
  if (root.filename().empty()) {
    return fail(ErrorKind::usage, format("{}: its files have no folder in common", unit.title()),
                "make a torrent of each file with --per file");
  }
  TorrentContent content{torrent::Form::folder, root.filename().string(), {}, root, unit.file_stem()};
  for (const os::Path& file : files) {
    const auto size = os::file_size(file);
    if (!size) return fail(size.error());
    content.files.push_back({file, file.lexically_relative(root).generic_string(), *size});
  }
  // The order in which other makers of torrents list files.
  std::sort(content.files.begin(), content.files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return content;
}

}  // namespace

std::string TorrentUnit::title() const {
  const LibraryEntry& entry = first();
  switch (per) {
    case TorrentPer::file: return entry.file_name;
    case TorrentPer::version: return format("{} {}", entry.model_name, entry.version_name);
    case TorrentPer::model: return entry.model_name;
  }
  return entry.model_name;
}

ByteCount TorrentUnit::size() const {
  return std::accumulate(entries.begin(), entries.end(), ByteCount{},
                         [](ByteCount sum, const LibraryEntry& entry) { return sum + entry.size; });
}

std::string TorrentUnit::file_stem() const {
  const LibraryEntry& entry = first();
  switch (per) {
    case TorrentPer::file: return with_slugs(entry.file_id.value, {os::Path(entry.path).filename().string()});
    case TorrentPer::version: return with_slugs(entry.version_id.value, {entry.model_name, entry.version_name});
    case TorrentPer::model: return with_slugs(entry.model_id.value, {entry.model_name});
  }
  return {};
}

std::vector<TorrentUnit> torrent_units(const std::vector<LibraryEntry>& library, TorrentPer per,
                                       const std::vector<ModelId>& models) {
  std::vector<TorrentUnit> units;
  std::map<std::int64_t, std::size_t> by_id;
  for (const LibraryEntry& entry : library) {
    const bool wanted = models.empty() || std::find(models.begin(), models.end(), entry.model_id) != models.end();
    if (!wanted || entry.status != EntryStatus::downloaded || entry.path.empty()) continue;
    const std::int64_t id = per == TorrentPer::model     ? entry.model_id.value
                            : per == TorrentPer::version ? entry.version_id.value
                                                         : entry.file_id.value;
    const auto [place, is_new] = by_id.try_emplace(id, units.size());
    if (is_new) units.push_back({per, {}});
    units[place->second].entries.push_back(entry);
  }
  return units;
}

LibraryFolders::LibraryFolders(const std::vector<LibraryEntry>& library) {
  for (const LibraryEntry& entry : library) {
    if (entry.path.empty()) continue;
    const os::Path path = entry.path;
    const std::string name = path.filename().string();
    folders_[path.parent_path()].push_back({name, os::split_extension(name).stem, entry.model_id, entry.version_id});
  }
}

const std::vector<LibraryFolders::Resident>& LibraryFolders::in(const os::Path& folder) const {
  static const std::vector<Resident> nobody;
  const auto found = folders_.find(folder);
  return found == folders_.end() ? nobody : found->second;
}

bool LibraryFolders::only_of(const os::Path& folder, ModelId model) const {
  // What lies at and below a folder stands together in the order of paths.
  for (auto place = folders_.lower_bound(folder); place != folders_.end(); ++place) {
    if (place->first != folder && !lies_below(place->first, folder)) break;
    for (const Resident& resident : place->second) {
      if (resident.model != model) return false;
    }
  }
  return true;
}

Result<TorrentContent> content_of(const TorrentUnit& unit, const LibraryFolders& folders, const os::Path& save_path) {
  for (const LibraryEntry& entry : unit.entries) {
    if (auto status = check_length(entry); !status) return fail(status.error());
  }
  if (unit.per != TorrentPer::file) return folder_of(unit, folders, save_path);
  const os::Path path = unit.first().path;
  const std::string name = path.filename().string();
  // Beside it, under its own name: nothing else there has it.
  return TorrentContent{torrent::Form::single_file, name, {{path, name, unit.first().size}}, path.parent_path(), name};
}

}  // namespace civitai::engine
