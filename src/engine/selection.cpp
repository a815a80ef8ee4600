#include "engine/selection.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace civitai::engine {
namespace {

struct ReasonRow {
  SkipReason reason;
  std::string_view word;
  std::string_view text;
  bool noteworthy;
};

constexpr std::array<ReasonRow, 15> reasons = {{
    {SkipReason::archived, "archived", "archived", true},
    {SkipReason::taken_down, "taken_down", "taken down", true},
    {SkipReason::paid, "paid", "early access or paid", true},
    {SkipReason::not_downloadable, "not_downloadable", "downloads switched off", true},
    {SkipReason::no_files, "no_files", "has no files", true},
    {SkipReason::not_scanned, "not_scanned", "not yet scanned", true},
    {SkipReason::flagged, "flagged", "flagged as dangerous", true},
    {SkipReason::no_matching_version, "no_matching_version", "no version matches", false},
    {SkipReason::ignored_base_model, "ignored_base_model", "base model on the ignore list", false},
    {SkipReason::ignored_file_name, "ignored_file_name", "file name on the ignore list", false},
    {SkipReason::not_primary, "not_primary", "not the primary file", false},
    {SkipReason::not_pruned, "not_pruned", "not pruned", false},
    {SkipReason::not_fp16, "not_fp16", "not fp16", false},
    {SkipReason::already_here, "already_here", "already here", false},
    {SkipReason::deleted, "deleted", "deleted on purpose", false},
}};

const ReasonRow& row_of(SkipReason reason) { return reasons[static_cast<std::size_t>(reason)]; }

Skipped about(const Model& model, SkipReason reason, std::string detail = {}) {
  return {reason, std::move(detail), model.id, model.name, {}, {}, {}, {}};
}

Skipped about(const Model& model, const ModelVersion& version, SkipReason reason, std::string detail = {}) {
  return {reason, std::move(detail), model.id, model.name, version.id, version.name, {}, {}};
}

bool contains_any(std::string_view text, const std::vector<std::string>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
    return !trim(part).empty() && contains_ignoring_case(text, trim(part));
  });
}

bool is_wanted_base_model(const ModelVersion& version, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
           return equal_ignoring_case(name, version.base_model);
         });
}

// Formats and endings that run code when they are loaded.
bool is_pickle(const ModelFile& file) {
  constexpr std::array<std::string_view, 6> endings = {".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pt2"};
  const std::string name = to_lower(file.name);
  return equal_ignoring_case(file.format, "PickleTensor") ||
         std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string with_message(std::string_view what, const std::string& message) {
  return message.empty() ? std::string(what) : format("{}: {}", what, utf8_prefix(printable(message), 120));
}

struct Objection {
  SkipReason reason;
  std::string detail;
};

std::optional<Objection> scan_objection(const ModelFile& file, const FileFilter& filter) {
  if (filter.allow_unsafe) return std::nullopt;
  if (file.virus_scan == ScanVerdict::danger) return Objection{SkipReason::flagged, "by the virus scan"};
  if (file.pickle_scan == ScanVerdict::danger) {
    return Objection{SkipReason::flagged, with_message("by the pickle scan", file.pickle_message)};
  }
  if (file.virus_scan == ScanVerdict::pending) return Objection{SkipReason::not_scanned, "virus scan pending"};
  // A pickle runs code when it is loaded: only a clean scan will do. Other formats need no pickle scan.
  if (is_pickle(file) && file.pickle_scan != ScanVerdict::success) {
    return Objection{SkipReason::not_scanned, "no clean pickle scan"};
  }
  return std::nullopt;
}

std::optional<Objection> objection(const Model& model, const ModelFile& file, const FileFilter& filter) {
  const bool checkpoint = equal_ignoring_case(model.type, "Checkpoint");
  if (contains_any(file.name, filter.ignore_file_names)) return Objection{SkipReason::ignored_file_name, {}};
  if (filter.primary_only && !file.primary) return Objection{SkipReason::not_primary, {}};
  if (checkpoint && filter.pruned && !equal_ignoring_case(file.size_class, "pruned")) {
    return Objection{SkipReason::not_pruned, {}};
  }
  if (checkpoint && filter.fp16 && !equal_ignoring_case(file.precision, "fp16")) {
    return Objection{SkipReason::not_fp16, {}};
  }
  return scan_objection(file, filter);
}

std::optional<Objection> objection(const ModelVersion& version, const FileFilter& filter, SystemTime now) {
  if (!version.usage_control.empty() && version.usage_control != "Download") {
    return Objection{SkipReason::not_downloadable, format("for {} only", version.usage_control)};
  }
  if (version.paid_access && !filter.include_paid) {
    const auto& paid = *version.paid_access;
    if (paid.permanent || !paid.free_from) return Objection{SkipReason::paid, "must be bought"};
    if (*paid.free_from > now) {
      return Objection{SkipReason::paid, format("early access until {}", to_iso8601(*paid.free_from).substr(0, 10))};
    }
  }
  if (version.files.empty()) return Objection{SkipReason::no_files, {}};
  return std::nullopt;
}

// The version with its files reduced to the wanted ones.
ModelVersion with_wanted_files(const Model& model, ModelVersion version, const FileFilter& filter,
                               std::vector<Skipped>& skipped) {
  std::vector<ModelFile> wanted;
  for (ModelFile& file : version.files) {
    if (const auto against = objection(model, file, filter)) {
      Skipped entry = about(model, version, against->reason, against->detail);
      entry.file_id = file.id;
      entry.file_name = file.name;
      skipped.push_back(std::move(entry));
    } else {
      wanted.push_back(std::move(file));
    }
  }
  version.files = std::move(wanted);
  return version;
}

const ModelVersion* newest_of(const std::vector<const ModelVersion*>& versions) {
  const auto newest =
      std::min_element(versions.begin(), versions.end(), [](const auto* a, const auto* b) { return is_newer(*a, *b); });
  return newest == versions.end() ? nullptr : *newest;
}

std::vector<const ModelVersion*> matching_versions(const Model& model, const FileFilter& filter,
                                                   std::vector<Skipped>& skipped) {
  std::vector<const ModelVersion*> matching;
  for (const ModelVersion& version : model.versions) {
    if (!is_wanted_base_model(version, filter.base_models)) continue;
    if (contains_any(version.base_model, filter.ignore_base_models)) {
      skipped.push_back(about(model, version, SkipReason::ignored_base_model, version.base_model));
      continue;
    }
    matching.push_back(&version);
  }
  const bool only_newest = !filter.all_versions && matching.size() > 1;
  if (only_newest) matching = {newest_of(matching)};
  return matching;
}

}  // namespace

std::string_view to_string(SkipReason reason) { return row_of(reason).text; }
std::string_view to_word(SkipReason reason) { return row_of(reason).word; }
bool is_noteworthy(SkipReason reason) { return row_of(reason).noteworthy; }

bool is_newer(const ModelVersion& a, const ModelVersion& b) {
  if (a.published_at != b.published_at) return a.published_at > b.published_at;
  return a.id > b.id;
}

Selection select(const Model& model, const FileFilter& filter, SystemTime now) {
  Selection selection;
  const auto matching = matching_versions(model, filter, selection.skipped);
  selection.newest = newest_of(matching);
  if (model.mode == ModelMode::archived || model.mode == ModelMode::taken_down) {
    const bool archived = model.mode == ModelMode::archived;
    selection.skipped = {about(model, archived ? SkipReason::archived : SkipReason::taken_down)};
    return selection;
  }
  if (matching.empty() && selection.skipped.empty()) {
    selection.skipped.push_back(about(model, SkipReason::no_matching_version));
  }
  for (const ModelVersion* version : matching) {
    if (const auto against = objection(*version, filter, now)) {
      selection.skipped.push_back(about(model, *version, against->reason, against->detail));
      continue;
    }
    ModelVersion chosen = with_wanted_files(model, *version, filter, selection.skipped);
    if (!chosen.files.empty()) selection.versions.push_back(std::move(chosen));
  }
  return selection;
}

}  // namespace civitai::engine
