#include "cli/outdated_view.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/progress.hpp"
#include "engine/entry_choice.hpp"
#include "term/table.hpp"

namespace civitai::cli {
namespace {

using config::OptionId;

std::string date_of(const ModelVersion& version) {
  return version.published_at ? to_iso8601(*version.published_at).substr(0, 10) : "?";
}

Result<std::vector<LibraryEntry>> named_entries(const Program& program, store::Library& library) {
  auto entries = library.entries();
  if (!entries || program.words.empty()) return entries;
  engine::Chosen chosen = engine::choose(*entries, {.keys = program.words});
  for (const std::string& key : chosen.unmatched) program.log.warn("the library has nothing of {}", key);
  if (chosen.entries.empty()) {
    return fail(ErrorKind::not_found, "the library has nothing of what is named", "`db view` lists it");
  }
  // A newer version follows what the library has of a model, not the one version that was named.
  std::unordered_set<ModelId> models;
  for (const LibraryEntry& entry : chosen.entries) models.insert(entry.model_id);
  std::erase_if(*entries, [&](const LibraryEntry& entry) { return !models.contains(entry.model_id); });
  return entries;
}

// Versions of which nothing but deleted files is known.
Result<std::unordered_set<VersionId>> deleted_versions(store::Library& library,
                                                       const std::vector<LibraryEntry>& entries) {
  const auto deleted = library.deleted();
  if (!deleted) return fail(deleted.error());
  std::unordered_set<VersionId> versions;
  for (const store::DeletedFile& file : *deleted) versions.insert(file.version);
  for (const LibraryEntry& entry : entries) versions.erase(entry.version_id);
  return versions;
}

json::Object newer_json(const engine::NewerVersion& newer) {
  const LibraryEntry& owned = newer.owned.front();
  json::Object object;
  object.set("model_id", newer.model.id.value).set("model_name", newer.model.name);
  object.set("model_type", newer.model.type);
  object.set("version_id", owned.version_id.value).set("version_name", owned.version_name);
  object.set("base_model", owned.base_model);
  object.set("newest_version_id", newer.version.id.value).set("newest_version_name", newer.version.name);
  object.set("newest_base_model", newer.version.base_model);
  object.set("published_at",
             newer.version.published_at ? std::optional(to_iso8601(*newer.version.published_at)) : std::nullopt);
  return object;
}

}  // namespace

Result<engine::OutdatedReport> compare_with_site(const Program& program, store::Library& library,
                                                 Connection& connection) {
  const auto entries = named_entries(program, library);
  if (!entries) return fail(entries.error());
  const auto deleted = deleted_versions(library, *entries);
  if (!deleted) return fail(deleted.error());
  const auto successor = program.settings.enabled(OptionId::any_base_model) ? engine::Successor::any_base_model
                                                                            : engine::Successor::same_base_model;
  Progress progress(program.screen, program.clock, loudness_of(program));
  return engine::find_outdated(*entries, *deleted, successor, connection.site(), progress, program.stop);
}

std::string outdated_text(const engine::OutdatedReport& report, std::size_t width) {
  std::string text;
  if (!report.newer.empty()) {
    term::Table table({{"Model", term::Align::left, true},
                       {"Here", term::Align::left, true},
                       {"Newest", term::Align::left, true},
                       {"Base model", term::Align::left, true},
                       {"Published"},
                       {"Key"}});
    for (const engine::NewerVersion& newer : report.newer) {
      table.add({printable(newer.model.name), printable(newer.owned.front().version_name),
                 printable(newer.version.name), printable(newer.version.base_model), date_of(newer.version),
                 entry_key(newer.version.id)});
    }
    text += table.text(width);
  }
  if (!report.gone.empty()) {
    term::Table table({{"Model", term::Align::left, true}, {"Id"}, {"Files here", term::Align::right}, {"Why"}});
    for (const engine::GoneModel& gone : report.gone) {
      table.add({printable(gone.name), format("{}", gone.id.value), format("{}", gone.files),
                 std::string(to_string(gone.why))});
    }
    text += (text.empty() ? "" : "\n") + table.text(width);
  }
  return text;
}

json::Object outdated_json(const engine::OutdatedReport& report) {
  json::Array newer;
  for (const engine::NewerVersion& one : report.newer) newer.add(newer_json(one));
  json::Array gone;
  for (const engine::GoneModel& one : report.gone) {
    json::Object object;
    object.set("model_id", one.id.value).set("model_name", one.name).set("files", one.files);
    object.set("why", to_word(one.why));
    gone.add(std::move(object));
  }
  json::Object root;
  root.set("models", report.models).set("outdated", std::move(newer)).set("gone", std::move(gone));
  root.set("trouble", report.trouble ? std::optional(report.trouble->message) : std::nullopt);
  return root;
}

std::string outdated_summary(const engine::OutdatedReport& report) {
  const std::string gone =
      report.gone.empty() ? "" : format(", {} gone from the site or its lists", counted(report.gone.size(), "model"));
  return format("{} compared: {}{}", counted(report.models, "model"), counted(report.newer.size(), "newer version"),
                gone);
}

}  // namespace civitai::cli
