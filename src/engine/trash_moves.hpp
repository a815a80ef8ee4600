// Moving the files of an act into the trash and back, so that both can be done again after a crash at any step.
#pragma once

#include "engine/trash_folder.hpp"

#include <functional>
#include <vector>

namespace civitai::engine {

// What became of each move of an act.
struct MoveOutcome {
  enum class Kind {
    done,     // now or by an earlier start
    missing,  // there was nothing to move
    failed,
  };
  Kind kind = Kind::done;
  Error error = {};
};

// Where the file cannot be moved into the trash of the root (it lies on another file system), it goes into the place
// that `beside` names: `move` is changed then, and `note` writes that down before anything moves.
[[nodiscard]] MoveOutcome move_into_trash(os::FileSystem& files, const os::Path& root, TrashMove& move,
                                          const std::function<os::Path()>& beside, const std::function<Status()>& note);

// What an earlier file has its name by now is never replaced: that is a failure.
[[nodiscard]] MoveOutcome move_back(os::FileSystem& files, const os::Path& root, const TrashMove& move);

// Whether something else stands where the move came from, while its file is in the trash.
[[nodiscard]] bool is_place_taken(const os::Path& root, const TrashMove& move);

// Removes what the move brought into the trash, for good; what is not there is no trouble. Links are removed as links.
[[nodiscard]] Status remove_for_good(os::FileSystem& files, const os::Path& root, const TrashMove& move);

// Flushes the names in every folder that the moves have touched.
[[nodiscard]] Status flush_folders(os::FileSystem& files, const os::Path& root, const std::vector<TrashMove>& moves);

// Removes the folder, and those above it, while they are empty; never the root.
void remove_empty_folders(const os::Path& folder, const os::Path& root);

}  // namespace civitai::engine
