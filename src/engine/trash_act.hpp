// One act of taking files away: what was moved where, and which files of the library it was about.
//
// Written as a JSON manifest beside the files in the trash, complete before the first of them moves. All paths are
// relative to the folder that the trash belongs to, so that the whole tree can be moved elsewhere. Pure values.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "domain/ids.hpp"
#include "os/file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace civitai::engine {

struct TrashMove {
  os::Path from;
  os::Path to;
  ByteCount size;  // of everything below it, for a folder
  FileId file;     // whose it is; none for a folder that several files share
  enum class Role { content, companion } role = Role::companion;  // the file itself, or something that goes with it
};

// A file as people know it.
struct TrashedFile {
  FileId file;
  VersionId version;
  ModelId model;
  std::string model_name;
  std::string version_name;
  std::string file_name;
  std::vector<FileId> after;  // of a replacement: the files that must be proven to be here first
};

struct TrashAct {
  enum class Kind { removal, replacement };
  std::string id;
  Kind kind = Kind::removal;
  SystemTime at;
  std::vector<TrashedFile> files;
  std::vector<TrashMove> moves;

  [[nodiscard]] ByteCount bytes() const;
  // Takes a file out of the act, with its moves and those of the folders that it shares.
  void drop(FileId file);
};

[[nodiscard]] std::string_view to_string(TrashAct::Kind kind);  // "delete", "replace"

[[nodiscard]] std::string to_json(const TrashAct& act);
// Error of kind io for text that is no manifest, and for one with a path that leads out of its folder.
[[nodiscard]] Result<TrashAct> read_act(std::string_view json);

// Whether `path` lies below `root`, by their names; both absolute.
[[nodiscard]] bool is_below(const os::Path& path, const os::Path& root);

}  // namespace civitai::engine
