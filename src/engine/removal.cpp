#include "engine/removal.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/partial_file.hpp"
#include "engine/trash_folder.hpp"
#include "os/safe_name.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view images_folder = "images";

// What programs of this field write beside a model under its name without extension.
constexpr std::array<std::string_view, 12> document_endings = {
    ".json",       ".json.json",     ".civitai.info", ".cm-info.json", ".cminfo.json", ".metadata.json",
    ".swarm.json", ".api_info.json", ".html",         ".txt",          ".yaml",        ".sha256"};
constexpr std::array<std::string_view, 10> picture_endings = {".png",  ".jpg", ".jpeg", ".webp", ".gif",
                                                              ".avif", ".jxl", ".mp4",  ".webm", ".svg"};
constexpr std::array<std::string_view, 3> picture_kinds = {"", ".preview", ".thumb"};

// The size of a regular file or of a link itself; nothing for what is neither.
std::optional<ByteCount> size_here(const os::Path& path) {
  std::error_code code;
  const fs::file_status status = fs::symlink_status(path, code);
  if (fs::is_symlink(status)) return ByteCount{};
  if (!fs::is_regular_file(status)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(path, code);
  return code ? std::nullopt : std::optional(ByteCount{size});
}

ByteCount size_of_folder(const os::Path& folder) {
  ByteCount sum;
  std::error_code ignored;
  // Links to folders are not followed.
  for (fs::recursive_directory_iterator next(folder, ignored), end; next != end; next.increment(ignored)) {
    sum += size_here(next->path()).value_or(ByteCount{});
  }
  return sum;
}

os::Path without_extension(const os::Path& path) { return path.parent_path() / path.stem(); }

// Paths as they may be written in different ways.
std::string same_text(const os::Path& path) { return path.lexically_normal().string(); }

class RemovalPlanner {
 public:
  RemovalPlanner(const std::vector<LibraryEntry>& chosen, const std::vector<LibraryEntry>& all, const os::Path& root,
                 Contents contents)
      : chosen_(chosen), root_(root), contents_(contents) {
    std::unordered_set<FileId> going;
    for (const LibraryEntry& entry : chosen) {
      going.insert(entry.file_id);
      if (entry.status == EntryStatus::downloaded) contents_of_chosen_.insert(same_text(entry.path));
    }
    for (const LibraryEntry& entry : all) {
      if (!entry.path.empty() && !going.contains(entry.file_id)) remember_staying(entry.path);
    }
  }

  Removal run() {
    for (const LibraryEntry& entry : chosen_) {
      RemovalItem item{.entry = entry, .content = {}, .companions = {}, .refusal = {}};
      if (contents_ == Contents::into_trash && !entry.path.empty()) take_files(item);
      result_.items.push_back(std::move(item));
    }
    return std::move(result_);
  }

 private:
  void remember_staying(const os::Path& path) {
    staying_.insert(same_text(path));
    staying_names_.insert(same_text(without_extension(path)));
    // Everything above it down to the root is not a folder of others alone.
    for (os::Path folder = os::Path(same_text(path)).parent_path(); is_below(folder, root_);
         folder = folder.parent_path()) {
      if (!staying_folders_.insert(folder.string()).second) break;
    }
  }

  void take_files(RemovalItem& item) {
    const os::Path path = same_text(item.entry.path);
    if (!is_below(path, root_)) {
      item.refusal =
          Error{ErrorKind::usage, format("{} lies outside {}", printable(path.native()), printable(root_.native())),
                "run with the --save-path it belongs to, or with --keep-files to take it off the library "
                "alone"};
      return;
    }
    take_content(item, path);
    if (!item.refusal) take_companions(item, path);
    if (!item.refusal) take_images(path.parent_path() / images_folder);
  }

  // What lies under the name of a file that was never proven may be anybody's.
  void take_content(RemovalItem& item, const os::Path& path) {
    if (item.entry.status != EntryStatus::downloaded || staying_.contains(path.string())) return;
    const auto size = size_here(path);
    if (size) {
      if (taken_.insert(path.string()).second) item.content = RemovalPath{path, *size};
    } else if (has_name(path)) {
      item.refusal = Error{ErrorKind::io, format("{} is not a file", printable(path.native())), {}};
    }
  }

  void take_companions(RemovalItem& item, const os::Path& path) {
    const os::Path partial = partial_path(path, item.entry.file_id);
    if (is_being_written(partial)) {
      item.refusal = Error{ErrorKind::busy, format("{} is being downloaded", printable(path.native())),
                           "wait for the download to end, or stop it"};
      return;
    }
    for (const os::Path& remains :
         {partial, journal_path(partial), next_journal_path(partial), rejected_path(path, item.entry.file_id)}) {
      take_companion(item, remains);
    }
    const bool shared = staying_names_.contains(same_text(without_extension(path)));
    if (item.entry.status != EntryStatus::downloaded || shared) return;
    for (const std::string_view ending : document_endings) take_named(item, path, ending);
    for (const std::string_view kind : picture_kinds) {
      for (const std::string_view ending : picture_endings) take_named(item, path, format("{}{}", kind, ending));
    }
  }

  static bool is_being_written(const os::Path& partial) {
    if (!size_here(partial)) return false;
    os::RealFileSystem files;
    const auto file = files.open(partial, os::OpenMode::read);
    const auto locked = file ? os::try_lock(*file, partial) : Result<bool>(true);
    return locked && !*locked;
  }

  void take_named(RemovalItem& item, const os::Path& path, std::string_view ending) {
    os::Path companion = without_extension(path);
    companion += ending;
    take_companion(item, companion);
  }

  void take_companion(RemovalItem& item, const os::Path& path) {
    if (staying_.contains(path.string()) || contents_of_chosen_.contains(path.string())) return;
    const auto size = size_here(path);
    if (size && taken_.insert(path.string()).second) item.companions.push_back({path, *size});
  }

  void take_images(const os::Path& images) {
    const os::Path folder = images.parent_path();
    const bool shared = folder == root_.lexically_normal() || staying_folders_.contains(folder.string());
    if (shared || !has_name(images) || !taken_.insert(images.string()).second) return;
    std::error_code ignored;
    const fs::file_status status = fs::symlink_status(images, ignored);
    if (fs::is_symlink(status)) result_.folders.push_back({images, {}});
    if (fs::is_directory(status)) result_.folders.push_back({images, size_of_folder(images)});
  }

  const std::vector<LibraryEntry>& chosen_;
  const os::Path& root_;
  Contents contents_;
  std::unordered_set<std::string> staying_;          // paths of the entries that stay
  std::unordered_set<std::string> staying_names_;    // the same without extension
  std::unordered_set<std::string> staying_folders_;  // in or below which one of them lies
  std::unordered_set<std::string> contents_of_chosen_;
  std::unordered_set<std::string> taken_;
  Removal result_;
};

ByteCount sum_of(const std::vector<RemovalPath>& paths) {
  return std::accumulate(paths.begin(), paths.end(), ByteCount{},
                         [](ByteCount sum, const RemovalPath& one) { return sum + one.size; });
}

}  // namespace

ByteCount RemovalItem::bytes() const { return (content ? content->size : ByteCount{}) + sum_of(companions); }

ByteCount Removal::bytes() const {
  return std::accumulate(items.begin(), items.end(), sum_of(folders), [](ByteCount sum, const RemovalItem& item) {
    return item.refusal ? sum : sum + item.bytes();
  });
}

Removal plan_removal(const std::vector<LibraryEntry>& chosen, const std::vector<LibraryEntry>& all,
                     const os::Path& root, Contents contents) {
  return RemovalPlanner(chosen, all, root, contents).run();
}

}  // namespace civitai::engine
