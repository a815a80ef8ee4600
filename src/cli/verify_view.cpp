#include "cli/verify_view.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "term/table.hpp"

namespace civitai::cli {
namespace {

using engine::FileState;

json::Array problems_json(const std::vector<engine::Problem>& problems) {
  json::Array array;
  for (const engine::Problem& problem : problems) {
    const LibraryEntry& entry = problem.entry;
    json::Object object;
    object.set("key", entry_key(entry.version_id)).set("file_id", entry.file_id.value);
    object.set("state", to_string(problem.state)).set("detail", problem.detail);
    object.set("model_name", entry.model_name).set("file_name", entry.file_name);
    object.set("size", entry.size).set("path", entry.path);
    array.add(std::move(object));
  }
  return array;
}

json::Array moved_json(const std::vector<engine::Relocation>& moved) {
  json::Array array;
  for (const engine::Relocation& relocation : moved) {
    json::Object object;
    object.set("key", entry_key(relocation.entry.version_id)).set("file_id", relocation.entry.file_id.value);
    object.set("from", relocation.entry.path).set("to", relocation.path.string());
    array.add(std::move(object));
  }
  return array;
}

void add_count(std::string& text, std::size_t count, std::string_view what) {
  if (count > 0) text += format(", {} {}", count, what);
}

std::string documents_text(const engine::VerifyReport& report) {
  const std::size_t all = report.documents_present + report.documents_written + report.document_errors.size();
  if (all == 0) return {};
  std::string text = format("metadata: {} there", report.documents_present);
  add_count(text, report.documents_written, "written");
  add_count(text, report.document_errors.size(), "could not be written");
  return text + "\n";
}

}  // namespace

std::string problems_text(const std::vector<engine::Problem>& problems, std::size_t width) {
  term::Table table({{"Key"},
                     {"State"},
                     {"Model", term::Align::left, true},
                     {"Size", term::Align::right},
                     {"Path", term::Align::left, true, term::Cut::front},
                     {"Why", term::Align::left, true}});
  for (const engine::Problem& problem : problems) {
    // Their folder is told, once for all of them.
    if (problem.state == FileState::unreachable) continue;
    table.add({entry_key(problem.entry.version_id), std::string(to_string(problem.state)),
               printable(problem.entry.model_name), to_text(problem.entry.size), printable(problem.entry.path),
               printable(problem.detail)});
  }
  return table.empty() ? std::string() : table.text(width);
}

std::string verify_text(const engine::VerifyReport& report, std::size_t moved, std::chrono::milliseconds taken) {
  std::string text = format("{} ok", report.count(FileState::proven));
  add_count(text, report.count(FileState::found), "found (hash not checked)");
  add_count(text, moved, "found again");
  add_count(text, report.count(FileState::missing), "missing");
  add_count(text, report.count(FileState::wrong), "wrong");
  add_count(text, report.count(FileState::unreadable), "unreadable");
  add_count(text, report.count(FileState::unreachable), "unreachable");
  add_count(text, report.count(FileState::unfinished), "not here yet");
  add_count(text, report.left_out, "left out");
  text += format("; {} read in {}\n", to_text(report.bytes),
                 to_text(std::chrono::duration_cast<std::chrono::seconds>(taken)));
  if (report.healed > 0)
    text += format("{} proven that the library did not count as here\n", counted(report.healed, "file"));
  return text + documents_text(report);
}

json::Object verify_json(const engine::VerifyReport& report, const std::vector<engine::Relocation>& moved,
                         std::chrono::milliseconds taken) {
  json::Object object;
  object.set("ok", report.count(FileState::proven)).set("found", report.count(FileState::found));
  object.set("missing", report.count(FileState::missing)).set("wrong", report.count(FileState::wrong));
  object.set("unreadable", report.count(FileState::unreadable));
  object.set("unreachable", report.count(FileState::unreachable));
  object.set("unfinished", report.count(FileState::unfinished));
  object.set("left_out", report.left_out).set("healed", report.healed);
  object.set("bytes", report.bytes).set("milliseconds", taken.count());
  object.set("documents_present", report.documents_present).set("documents_written", report.documents_written);
  object.set("documents_failed", report.document_errors.size());
  object.set("interrupted", report.stopped_by.has_value());
  object.set("problems", problems_json(report.problems)).set("moved", moved_json(moved));
  return object;
}

}  // namespace civitai::cli
