// What taking entries of the library away means on the disk: which files go into the trash with them, and which entries
// cannot be taken. Looks at names and sizes, changes nothing.
//
// With a file go the documents and previews that carry its name, what an unfinished download of it left, and the folder
// `images` beside it when nothing else of the library lies in or below its folder. Anything that a file which stays may
// share is left. Links are taken as the links they are: nothing behind them is looked at or moved.
#pragma once

#include "domain/library_entry.hpp"
#include "engine/trash_act.hpp"

#include <optional>
#include <string>
#include <vector>

namespace civitai::engine {

// What becomes of the files of removed entries.
enum class Contents { into_trash, stay };

struct RemovalPath {
  os::Path path;  // absolute
  ByteCount size;
};

struct RemovalItem {
  LibraryEntry entry;
  std::optional<RemovalPath> content;   // the file itself; none when it is missing or was never here
  std::vector<RemovalPath> companions;  // in a folder of its own or not
  std::optional<Error> refusal;         // why the entry stays as it is

  [[nodiscard]] ByteCount bytes() const;
};

struct Removal {
  std::vector<RemovalItem> items;
  std::vector<RemovalPath> folders;  // of images, each of them for all the items beside it

  [[nodiscard]] ByteCount bytes() const;
};

// `all` is the whole library, the chosen ones among them; `root` is absolute. An entry whose file lies outside the root
// is refused when its file is to be moved.
[[nodiscard]] Removal plan_removal(const std::vector<LibraryEntry>& chosen, const std::vector<LibraryEntry>& all,
                                   const os::Path& root, Contents contents);

}  // namespace civitai::engine
