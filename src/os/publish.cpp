#include "os/publish.hpp"

#include "base/format.hpp"
#include "base/scope_exit.hpp"
#include "base/text.hpp"
#include "os/safe_name.hpp"

#include <random>
#include <set>
#include <utility>

namespace civitai::os {
namespace {

// Ends in ".tmp", so that what a crash leaves behind is known for what it is.
Path temporary_sibling(const Path& path) {
  std::random_device random;
  const std::string ending = format(".{:08x}{:08x}.tmp", random(), random());
  const std::string name = path.filename().native();
  const std::size_t room = longest_component - ending.size();
  return path.parent_path() / (std::string(utf8_prefix(name, room)) + ending);
}

// One of several texts that are published together.
struct Sibling {
  Path path = {};
  FileHandle handle = {};
  Status status = {};
};

Sibling write_sibling(FileSystem& files, const Text& text) {
  Sibling sibling;
  sibling.status = make_directories(files, text.path.parent_path());
  if (!sibling.status) return sibling;
  const Path path = temporary_sibling(text.path);
  auto file = files.open(path, OpenMode::write_new);
  if (!file) {
    sibling.status = fail(file.error());
    return sibling;
  }
  sibling.path = path;
  sibling.handle = std::move(*file);
  sibling.status = files.write_at(sibling.handle, path, 0, std::as_bytes(std::span(text.content)));
  return sibling;
}

void flush_siblings(FileSystem& files, std::vector<Sibling>& siblings) {
  std::vector<OpenFile> open;
  std::vector<Sibling*> owners;
  for (Sibling& sibling : siblings) {
    if (!sibling.status) continue;
    open.push_back({&sibling.handle, &sibling.path});
    owners.push_back(&sibling);
  }
  const auto statuses = files.flush_together(open);
  for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->status = statuses[i];
}

Status write_and_flush(FileSystem& files, const Path& path, std::string_view content, Access access) {
  const auto mode = access == Access::owner ? OpenMode::write_new_private : OpenMode::write_new;
  const auto file = files.open(path, mode);
  if (!file) return fail(file.error());
  ScopeExit remove_remains([&] { static_cast<void>(files.remove(path)); });
  if (const Status written = files.write_at(*file, path, 0, std::as_bytes(std::span(content))); !written)
    return written;
  if (const Status flushed = files.flush(*file, path); !flushed) return flushed;
  remove_remains.release();
  return {};
}

Status take_place(FileSystem& files, const Path& sibling, const Path& path) {
  if (const Status renamed = files.rename(sibling, path, FileSystem::Replace::yes); !renamed) {
    static_cast<void>(files.remove(sibling));
    return renamed;
  }
  return files.flush_directory(path.parent_path());
}

}  // namespace

Status publish_text(FileSystem& files, const Path& path, std::string_view content, Access access) {
  if (const Status made = make_directories(files, path.parent_path()); !made) return made;
  const Path sibling = temporary_sibling(path);
  if (const Status written = write_and_flush(files, sibling, content, access); !written) return written;
  return take_place(files, sibling, path);
}

Status publish_text_by(FileSystem& files, const Path& sibling, const Path& path, std::string_view content) {
  std::error_code ignored;
  if (std::filesystem::exists(sibling, ignored)) {
    if (Status gone = files.remove(sibling); !gone) return gone;
  }
  if (const Status written = write_and_flush(files, sibling, content, Access::everyone); !written) return written;
  return take_place(files, sibling, path);
}

std::vector<Status> publish_texts(FileSystem& files, std::span<const Text> texts) {
  std::vector<Sibling> siblings;
  for (const Text& text : texts) siblings.push_back(write_sibling(files, text));
  flush_siblings(files, siblings);
  std::set<Path> folders;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Sibling& one = siblings[i];
    if (one.status) one.status = files.rename(one.path, texts[i].path, FileSystem::Replace::yes);
    if (one.status) {
      folders.insert(texts[i].path.parent_path());
    } else if (!one.path.empty()) {
      static_cast<void>(files.remove(one.path));
    }
  }
  const Status settled = files.flush_directories(std::vector<Path>(folders.begin(), folders.end()));
  std::vector<Status> statuses;
  statuses.reserve(siblings.size());
  for (const Sibling& one : siblings) statuses.push_back(one.status ? settled : one.status);
  return statuses;
}

}  // namespace civitai::os
