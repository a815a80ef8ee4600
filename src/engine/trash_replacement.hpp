// Files that go into the trash once their successors are here: what `upgrade --replace` does.
#pragma once

#include "engine/trash_work.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace civitai::engine {

// A replacement that waits for its successor. Destroyed before `finish` it is forgotten, with nothing moved.
class Replacement {
 public:
  // Writes down which files go once their successors are here; `successors` has an entry for each item.
  [[nodiscard]] static Result<Replacement> prepare(const TrashTools& tools, const Removal& removal,
                                                   const std::unordered_map<FileId, std::vector<FileId>>& successors);
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement();

  // Moves those old files into the trash whose successors the library has by now, each proven.
  [[nodiscard]] Result<TrashReport> finish();

 private:
  Replacement(const TrashTools& tools, TrashAct act, std::vector<Error> refusals, os::FileHandle lock);

  std::optional<TrashTools> tools_;
  TrashAct act_;
  std::vector<Error> refusals_;
  os::FileHandle lock_;
};

// Goes on with a waiting act as far as its successors are here; nothing of it has moved before. The caller holds the
// lock of the folder.
[[nodiscard]] Result<TrashReport> finish_replacement(const TrashTools& tools, TrashFolder& folder, TrashAct act);

}  // namespace civitai::engine
