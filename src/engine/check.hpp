// Is one file of the library what it should be? Looks at the disk, changes nothing.
#pragma once

#include "domain/library_entry.hpp"
#include "engine/transfer.hpp"
#include "store/library.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace civitai::engine {

enum class FileState {
  proven,       // its hash was computed and is right, or no hash is known and the length is right
  found,        // it is there with the right length; its hash was not asked for
  missing,      // it is not there
  wrong,        // it is there, and is something else
  unreadable,   // it is there, and cannot be read
  unreachable,  // a whole folder of files is not there: perhaps a disk that is not mounted
  unfinished,   // the library wants it and it has not come yet
};

// "ok", "found", "missing", …: for people and for JSON.
[[nodiscard]] std::string_view to_string(FileState state);

enum class Depth { length, hash };

struct FileCheck {
  FileState state = FileState::missing;
  std::string detail = {};  // what is wrong, for a person
  store::Proof proof = {};  // for state proven
  Hashes computed = {};
  ByteCount size;                           // of what lies there
  std::optional<os::FileStamp> stamp = {};  // of what was hashed, unless it changed meanwhile
};

// `was_here`: whether the file was once complete and proven at its path; otherwise what lies there may be anybody's.
struct CheckJob {
  const LibraryEntry& entry;
  bool was_here = false;
  Depth depth = Depth::hash;
};

// Error of kind cancelled when stopped; every other trouble is a state. `on_progress` is told of bytes read since the
// last call.
[[nodiscard]] Result<FileCheck> check_file(const CheckJob& job, os::FileSystem& files,
                                           const std::function<void(ByteCount)>& on_progress,
                                           const std::stop_token& stop);

}  // namespace civitai::engine
