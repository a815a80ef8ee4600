// The trash on disk: a hidden folder inside the root, one folder in it per act, in that the moved files and a manifest.
//
//   ROOT/.civitai-trash/000007-20260612T101500Z/manifest.json
//                                              /0001.lantern.safetensors.trashed
//
// The manifest's name says how far the act has got, so that whoever starts next knows what to finish. Files that could
// not be moved there (another file system) lie in a folder `.civitai-trash` beside their old place. Everything in the
// trash ends in ".trashed": no program takes it for a model.
#pragma once

#include "engine/trash_act.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::engine {

inline constexpr std::string_view trash_folder_name = ".civitai-trash";

enum class ActState {
  waiting,    // a replacement whose successor is on its way; nothing has moved
  moving,     // files are on their way into the trash
  kept,       // all is in the trash and recorded
  restoring,  // files are on their way back
  emptying,   // files are being removed for good
};

struct ListedAct {
  ActState state = ActState::kept;
  TrashAct act;
};

class TrashFolder {
 public:
  // `root` is absolute. Nothing is touched until something is written.
  TrashFolder(os::FileSystem& files, const os::Path& root);

  [[nodiscard]] const os::Path& root() const { return root_; }
  [[nodiscard]] bool exists() const;
  // Keeps every other process from changing the trash while the handle lives. Error of kind busy when one is at work.
  [[nodiscard]] Result<os::FileHandle> lock();
  // Keeps a waiting act from being taken for abandoned while the handle lives; busy as above.
  [[nodiscard]] Result<os::FileHandle> lock_waiting(const std::string& act);

  // Every act with a readable manifest, oldest first; `damaged` receives what could not be read.
  [[nodiscard]] std::vector<ListedAct> acts(std::vector<Error>& damaged) const;
  [[nodiscard]] bool has_unfinished() const;

  // Removes what is left of acts that were cut off before their manifest was there.
  void remove_abandoned();

  [[nodiscard]] std::string new_id(SystemTime now) const;
  // Where a file goes; relative to the root. `number` tells the files of an act apart.
  [[nodiscard]] os::Path place_for(const std::string& act, std::size_t number, const os::Path& from) const;
  [[nodiscard]] os::Path place_beside(const std::string& act, std::size_t number, const os::Path& from) const;

  // Writes the manifest under the name of the state.
  [[nodiscard]] Status write(const TrashAct& act, ActState state);
  [[nodiscard]] Status advance(const std::string& act, ActState from, ActState to);
  // Takes the manifest away, and the folder that is empty then.
  [[nodiscard]] Status remove(const std::string& act, ActState state);

 private:
  [[nodiscard]] os::Path folder() const;
  [[nodiscard]] os::Path folder_of(const std::string& act) const;
  [[nodiscard]] os::Path manifest_of(const std::string& act, ActState state) const;
  [[nodiscard]] std::vector<std::string> ids() const;
  [[nodiscard]] std::optional<ActState> state_of(const std::string& act) const;
  [[nodiscard]] Result<os::FileHandle> lock_file(const os::Path& path);

  os::FileSystem* files_;
  os::Path root_;
};

// Whether something has this name, be it a link that leads nowhere.
[[nodiscard]] bool has_name(const os::Path& path);

}  // namespace civitai::engine
