#include "cli/trash_session.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "config/criteria.hpp"

#include <algorithm>

namespace civitai::cli {
namespace {

json::Object file_json(const engine::TrashedFile& file) {
  json::Object object;
  object.set("key", entry_key(file.version)).set("model_id", file.model.value).set("model_name", file.model_name);
  object.set("version_id", file.version.value).set("version_name", file.version_name);
  object.set("file_id", file.file.value).set("file_name", file.file_name);
  return object;
}

json::Object error_json(const Error& error) {
  json::Object object;
  object.set("kind", to_string(error.kind)).set("message", error.message).set("hint", error.hint);
  return object;
}

}  // namespace

os::Path root_of(const config::Settings& settings) {
  return std::filesystem::absolute(config::save_path(settings)).lexically_normal();
}

TrashSession::TrashSession(const Program& program, store::Library library)
    : library_(std::move(library)), root_(root_of(program.settings)), clock_(program.clock) {}

Result<std::unique_ptr<TrashSession>> TrashSession::open(const Program& program, store::Library::Mode mode) {
  const os::Path path = std::filesystem::absolute(config::database_path(program.settings));
  std::error_code ignored;
  // Opening for writing would make one.
  const auto careful = std::filesystem::exists(path, ignored) ? mode : store::Library::Mode::read_only;
  auto library = store::Library::open(path, careful);
  if (!library) return fail(library.error());
  std::unique_ptr<TrashSession> session(new TrashSession(program, std::move(*library)));
  if (mode == store::Library::Mode::read_write) settle_trash(program, session->library_);
  return session;
}

void settle_trash(const Program& program, store::Library& library) {
  os::RealFileSystem files;
  const auto report = engine::settle_trash({files, program.clock, library, root_of(program.settings)});
  if (!report) {
    program.log.warn("the trash: {}", report.error().message);
    return;
  }
  if (!report->files.empty()) {
    program.log.info("finished what an earlier run had begun: {} of {}", counted(report->files.size(), "file"),
                     models_text(report->files));
  }
  for (const Error& error : report->errors) program.log.warn("the trash: {}", error.message);
}

std::string models_text(const std::vector<engine::TrashedFile>& files) {
  constexpr std::size_t named = 2;
  std::vector<std::string> names;
  for (const engine::TrashedFile& file : files) {
    std::string name = printable(file.model_name);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  if (names.size() <= named) return format("{}", join(names, ", "));
  const std::size_t more = names.size() - named;
  names.resize(named);
  return format("{} and {} more", join(names, ", "), more);
}

void set_report(json::Object& object, const engine::TrashReport& report) {
  json::Array files;
  for (const engine::TrashedFile& file : report.files) files.add(file_json(file));
  json::Array moves;
  for (const engine::TrashMove& move : report.moves) {
    json::Object one;
    one.set("from", move.from.string()).set("to", move.to.string()).set("size", move.size);
    moves.add(std::move(one));
  }
  json::Array missing;
  for (const FileId file : report.missing) missing.add(file.value);
  json::Array notices;
  for (const std::string& notice : report.notices) notices.add(notice);
  json::Array errors;
  for (const Error& error : report.errors) errors.add(error_json(error));
  object.set("act", report.act).set("bytes", report.bytes());
  object.set("files", std::move(files)).set("moves", std::move(moves)).set("missing", std::move(missing));
  object.set("notices", std::move(notices)).set("errors", std::move(errors));
}

void tell_troubles(const Program& program, const engine::TrashReport& report) {
  for (const std::string& notice : report.notices) program.screen.talk(format("note: {}\n", printable(notice)));
  for (const Error& error : report.errors) program.screen.error(error);
}

}  // namespace civitai::cli
