// One act of the trash at work. Internal to the trash: see trash.hpp.
#pragma once

#include "engine/removal.hpp"
#include "engine/trash_folder.hpp"
#include "store/library.hpp"

#include <string>
#include <vector>

namespace civitai::engine {

struct TrashTools {
  os::FileSystem& files;
  const Clock& clock;
  store::Library& library;
  os::Path root;  // absolute
};

struct TrashReport {
  std::string act = {};                 // empty when nothing was done
  std::vector<TrashedFile> files = {};  // taken away, or brought back
  std::vector<TrashMove> moves = {};    // what moved, or was removed for good
  std::vector<FileId> missing = {};     // of `files`: whose content was not there
  std::vector<Error> errors = {};       // one for each file that stays as it was
  std::vector<std::string> notices = {};

  [[nodiscard]] ByteCount bytes() const;
  void add(TrashReport part);
};

// The act for a removal, with a place for each of its files.
[[nodiscard]] TrashAct act_of(const Removal& removal, const TrashFolder& folder, SystemTime now);
[[nodiscard]] std::vector<Error> refusals_of(const Removal& removal);

// Each step can be done again after a crash: it begins where the one before was cut off.
class ActWork {
 public:
  ActWork(const TrashTools& tools, TrashFolder& folder, TrashAct act);

  [[nodiscard]] Status take_away();   // from `moving` to `kept`
  [[nodiscard]] Status bring_back();  // from `restoring` to nothing, or to `kept` with what could not be brought back
  [[nodiscard]] Status remove_all();  // from `emptying` to nothing

  [[nodiscard]] TrashReport take_report() { return std::move(report_); }

 private:
  [[nodiscard]] bool move_away(std::size_t i);
  void move_all_away();
  void note_lost(const TrashMove& move);
  void remove_empty_places() const;

  const TrashTools& tools_;
  TrashFolder& folder_;
  TrashAct act_;
  TrashReport report_;
};

// What the person can do about an act that was cut off.
[[nodiscard]] Error unfinished(const Error& error);
[[nodiscard]] Result<TrashReport> report_of(ActWork& work, const Status& status);

}  // namespace civitai::engine
