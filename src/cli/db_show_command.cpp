#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/db_command.hpp"
#include "cli/entry_list.hpp"
#include "os/file.hpp"
#include "term/table.hpp"

namespace civitai::cli {
namespace {

using store::EntryDetails;

// What lies at the path right now, without reading it.
std::string_view on_disk(const LibraryEntry& entry) {
  const auto size = os::file_size(entry.path);
  if (!size) return "missing";
  return *size == entry.size ? "there" : "of another length";
}

std::string_view disk_word(const LibraryEntry& entry) {
  const auto size = os::file_size(entry.path);
  if (!size) return "missing";
  return *size == entry.size ? "there" : "other_length";
}

json::Object hashes_json(const Hashes& hashes) {
  json::Object object;
  for (const HashKind kind : all_hash_kinds) {
    if (hashes.has(kind)) object.set(to_lower(to_string(kind)), hashes.get(kind));
  }
  return object;
}

json::Array texts_json(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.add(text);
  return array;
}

std::optional<std::string> time_text(const std::optional<SystemTime>& time) {
  return time ? std::optional(to_iso8601(*time)) : std::nullopt;
}

json::Object details_json(const EntryDetails& details) {
  json::Object object = entry_json(details.entry);
  object.set("file_type", details.entry.file_type).set("on_disk", disk_word(details.entry));
  object.set("tags", texts_json(details.tags)).set("trained_words", texts_json(details.trained_words));
  object.set("published_hashes", hashes_json(details.published));
  object.set("computed_hashes", hashes_json(details.computed));
  object.set("proof_kind", details.proof_kind).set("proof_value", details.proof_value);
  object.set("verified_at", time_text(details.verified_at)).set("added_at", to_iso8601(details.added_at));
  object.set("has_document", details.has_document);
  return object;
}

std::string hashes_text(const Hashes& hashes) {
  std::string text;
  for (const HashKind kind : all_hash_kinds) {
    if (hashes.has(kind)) text += format("{}{} {}", text.empty() ? "" : "\n", to_string(kind), hashes.get(kind));
  }
  return text;
}

// "Name      value"; nothing for an empty value, one line for each line of it.
void add_line(std::string& text, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  std::string_view label = name;
  for (const std::string& line : split(value, '\n')) {
    text += format("{:<14}{}\n", label, printable(line));
    label = "";
  }
}

std::string with_id(std::string_view name, std::int64_t id) { return format("{} ({})", name, id); }

std::string details_text(const EntryDetails& details) {
  const LibraryEntry& entry = details.entry;
  std::string text;
  add_line(text, "Key", entry_key(entry.version_id));
  add_line(text, "Model", with_id(entry.model_name, entry.model_id.value));
  add_line(text, "Type", entry.model_type);
  add_line(text, "Creator", entry.creator);
  add_line(text, "Version", with_id(entry.version_name, entry.version_id.value));
  add_line(text, "Base model", entry.base_model);
  add_line(text, "File", with_id(entry.file_name, entry.file_id.value));
  add_line(text, "File type", entry.file_type);
  add_line(text, "Size", format("{} ({} bytes)", to_text(entry.size), entry.size.value));
  add_line(text, "Status", to_string(entry.status));
  add_line(text, "Error", entry.error);
  add_line(text, "Path", entry.path);
  add_line(text, "On disk", on_disk(entry));
  add_line(text, "Published", hashes_text(details.published));
  add_line(text, "Computed", hashes_text(details.computed));
  add_line(text, "Proven by", details.proof_kind);
  add_line(text, "Proven at", time_text(details.verified_at).value_or(""));
  add_line(text, "Added at", to_iso8601(details.added_at));
  add_line(text, "Changed at", to_iso8601(entry.updated_at));
  add_line(text, "Tags", format("{}", join(details.tags, ", ")));
  add_line(text, "Trigger words", format("{}", join(details.trained_words, "\n")));
  add_line(text, "Document", details.has_document ? "the version's JSON is kept" : "");
  return text;
}

Result<std::vector<EntryDetails>> read_details(store::LibraryView& view, std::string_view key) {
  const auto files = view.resolve(key);
  if (!files) return fail(files.error());
  std::vector<EntryDetails> all;
  for (const FileId file : *files) {
    auto details = view.details(file);
    if (!details) return fail(details.error());
    if (*details) all.push_back(std::move(**details));
  }
  return all;
}

void show(const Program& program, const std::vector<EntryDetails>& all) {
  if (program.settings.enabled(config::OptionId::json)) {
    json::Array array;
    for (const EntryDetails& details : all) array.add(details_json(details));
    json::Object root;
    root.set("entries", std::move(array));
    program.screen.data(root.text() + "\n");
    return;
  }
  std::string text;
  for (const EntryDetails& details : all) text += (text.empty() ? "" : "\n") + details_text(details);
  program.screen.data(text);
}

}  // namespace

ExitCode run_db_show(const Program& program) {
  auto view = store::LibraryView::open(library_path(program));
  if (!view) return failed(program, view.error());
  const auto all = read_details(*view, program.words.front());
  if (!all) return failed(program, all.error());
  show(program, *all);
  return ExitCode::done;
}

}  // namespace civitai::cli
