// A folder with a library and files in it, for tests of the trash: no site, no network.
#pragma once

#include "base/format.hpp"
#include "engine/removal.hpp"
#include "engine/trash.hpp"
#include "engine/trash_replacement.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace civitai::engine {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

class TrashPlace {
 public:
  TrashPlace() { reopen(); }

  [[nodiscard]] os::Path root() const { return folder_.path() / "models"; }
  [[nodiscard]] const test::TempDir& folder() const { return folder_; }
  [[nodiscard]] store::Library& library() { return *library_; }
  [[nodiscard]] TrashTools tools() { return tools(files_); }
  [[nodiscard]] TrashTools tools(os::FileSystem& files) { return {files, clock_, *library_, root()}; }

  // As a new start of the program.
  void close() { library_.reset(); }
  void reopen() {
    close();
    library_.emplace(must(store::Library::open(folder_.path() / "library.db", store::Library::Mode::read_write)));
  }

  // A file of version id*10 of model id*100, recorded as downloaded; its name relative to the root.
  void add(std::int64_t id, const std::string& name) { add(id, id * 10, id * 100, name); }
  void add(std::int64_t id, std::int64_t version, std::int64_t model, const std::string& name) {
    const std::string content = format("content of {}", id);
    write(name, content);
    record(id, version, model, name);
    const store::Proof proof{"length", ""};
    must(library_->record_downloaded(FileId{id}, root() / name, ByteCount{content.size()}, {}, proof));
  }
  void record(std::int64_t id, std::int64_t version, std::int64_t model, const std::string& name) {
    store::FileRecord record;
    LibraryEntry& entry = record.entry;
    entry.file_id = {id};
    entry.version_id = {version};
    entry.model_id = {model};
    entry.model_name = format("Model {}", model);
    entry.creator = "someone";
    entry.base_model = "SDXL 1.0";
    entry.file_name = os::Path(name).filename().string();
    entry.path = (root() / name).string();
    must(library_->record_pending(record));
  }
  void write(const std::string& name, std::string_view content) const { folder_.write("models/" + name, content); }

  [[nodiscard]] Removal plan(const std::vector<std::int64_t>& ids, Contents contents = Contents::into_trash) {
    const auto all = must(library_->entries());
    std::vector<LibraryEntry> chosen;
    std::copy_if(all.begin(), all.end(), std::back_inserter(chosen), [&](const LibraryEntry& entry) {
      return std::find(ids.begin(), ids.end(), entry.file_id.value) != ids.end();
    });
    return plan_removal(chosen, all, root(), contents);
  }
  TrashReport remove(const std::vector<std::int64_t>& ids) { return must(remove_entries(tools(), plan(ids))); }
  TrashReport undo() { return must(engine::undo(tools())); }

  // Everything below the root but the trash, with contents; links as "-> target".
  [[nodiscard]] std::map<std::string, std::string> files() const { return listed(Part::living); }
  [[nodiscard]] std::map<std::string, std::string> trashed() const { return listed(Part::trashed); }
  [[nodiscard]] std::vector<std::int64_t> entries() {
    std::vector<std::int64_t> ids;
    for (const LibraryEntry& entry : must(library_->entries())) {
      if (entry.status == EntryStatus::downloaded) ids.push_back(entry.file_id.value);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  [[nodiscard]] std::vector<std::int64_t> deleted() {
    std::vector<std::int64_t> ids;
    for (const store::DeletedFile& one : must(library_->deleted())) ids.push_back(one.file.value);
    return ids;
  }
  [[nodiscard]] std::vector<ListedAct> acts() {
    std::vector<Error> damaged;
    auto acts = TrashFolder(files_, root()).acts(damaged);
    EXPECT_TRUE(damaged.empty()) << damaged.front().message;
    return acts;
  }

 private:
  enum class Part { living, trashed };

  static void must(const Status& status) {
    if (!status) throw std::runtime_error(status.error().message);
  }
  template <class T>
  static T must(Result<T> result) {
    return engine::must(std::move(result));
  }

  [[nodiscard]] std::map<std::string, std::string> listed(Part part) const {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> found;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(root(), ignored)) {
      const std::string name = entry.path().lexically_relative(root()).string();
      const bool in_trash = name.find(trash_folder_name) != std::string::npos;
      if (in_trash != (part == Part::trashed) || fs::is_directory(entry.symlink_status())) continue;
      if (in_trash && !name.ends_with(".trashed") && name.find(".trashed/") == std::string::npos) continue;
      found[name] =
          entry.is_symlink() ? "-> " + fs::read_symlink(entry.path()).string() : folder_.read("models/" + name);
    }
    return found;
  }

  test::TempDir folder_;
  os::RealFileSystem files_;
  RealClock clock_;
  std::optional<store::Library> library_;
};

// Two versions of a model with all that goes with them, and a stranger.
inline void furnish(TrashPlace& place) {
  place.add(1, "a/one/lantern.safetensors");
  place.add(2, "b/two/harbour.safetensors");
  place.write("a/one/lantern.json", "document");
  place.write("a/one/images/7.jpeg", "picture");
}

}  // namespace civitai::engine
