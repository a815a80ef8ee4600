// What the commands that take files away or bring them back begin with: the library, opened, and the trash, in order.
#pragma once

#include "cli/program.hpp"
#include "engine/trash.hpp"
#include "json/writer.hpp"
#include "store/library.hpp"

#include <memory>

namespace civitai::cli {

class TrashSession {
 public:
  // Opens the library that there is (not_found when there is none). With Mode::read_write what an earlier start left in
  // the middle is finished first.
  [[nodiscard]] static Result<std::unique_ptr<TrashSession>> open(const Program& program, store::Library::Mode mode);

  [[nodiscard]] store::Library& library() { return library_; }
  [[nodiscard]] const os::Path& root() const { return root_; }
  [[nodiscard]] engine::TrashTools tools() { return {files_, clock_, library_, root_}; }

 private:
  TrashSession(const Program& program, store::Library library);

  store::Library library_;
  os::Path root_;
  const Clock& clock_;
  os::RealFileSystem files_;
};

// SavePath, absolute.
[[nodiscard]] os::Path root_of(const config::Settings& settings);

// Finishes in SavePath what an earlier start left in the middle and says so. What cannot be finished now is only warned
// of.
void settle_trash(const Program& program, store::Library& library);

// "Lantern, Harbour Lights and 3 more": the models of some files, fit for a screen.
[[nodiscard]] std::string models_text(const std::vector<engine::TrashedFile>& files);

// The members that every report of the trash has.
void set_report(json::Object& object, const engine::TrashReport& report);
// Notices and errors, on standard error.
void tell_troubles(const Program& program, const engine::TrashReport& report);

}  // namespace civitai::cli
