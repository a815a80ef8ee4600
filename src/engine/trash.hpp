// Taking files away so that they can come back: delete, undo, empty, and what a crash left of them.
//
// An act's manifest is written first, then its files move, then the library is told, then the manifest gets its final
// name. Whatever happens in between, `settle` brings the act to its end: deleting, undoing and emptying go on; a
// replacement whose successor never came is forgotten. One process at a time changes the trash (error of kind busy).
#pragma once

#include "engine/trash_work.hpp"

#include <string>
#include <vector>

namespace civitai::engine {

// Takes the entries away. Refused ones stay, and are told among the errors. An error as the answer: nothing has moved,
// or what has is finished by the next `settle`.
[[nodiscard]] Result<TrashReport> remove_entries(const TrashTools& tools, const Removal& removal);

// Brings an act back, the last one without an id. Nothing moves when something else has come to one of the old places
// (io). not_found when there is no such act.
[[nodiscard]] Result<TrashReport> undo(const TrashTools& tools, const std::string& act = {});

// The act that `undo` would bring back.
[[nodiscard]] Result<TrashAct> act_to_undo(const TrashTools& tools, const std::string& act);

// Removes the acts for good. The library goes on remembering that the files were taken away.
[[nodiscard]] Result<TrashReport> empty_trash(const TrashTools& tools, const std::vector<std::string>& acts);

// What each change of the trash begins with: nobody else at work, and nothing left to finish.
[[nodiscard]] Result<os::FileHandle> enter_trash(const TrashTools& tools, TrashFolder& folder);

// Finishes what earlier starts left; does nothing where there is nothing. Trouble with one act is told among the errors
// and does not keep the others from being finished.
[[nodiscard]] Result<TrashReport> settle_trash(const TrashTools& tools);

}  // namespace civitai::engine
