// Which versions and files of a model are wanted, and why the others are not. Pure.
#pragma once

#include "domain/criteria.hpp"
#include "domain/model.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace civitai::engine {

enum class SkipReason {
  // The model or version cannot be had.
  archived,
  taken_down,
  paid,
  not_downloadable,
  no_files,
  // The scanners' word.
  not_scanned,
  flagged,
  // What the person asked for.
  no_matching_version,
  ignored_base_model,
  ignored_file_name,
  not_primary,
  not_pruned,
  not_fp16,
  // What is there already.
  already_here,
  // What the person took away.
  deleted,
};

// Short words for a table: "archived", "early access or paid", …
[[nodiscard]] std::string_view to_string(SkipReason reason);
// A word for JSON: "archived", "paid", "not_scanned", …
[[nodiscard]] std::string_view to_word(SkipReason reason);
// Whether a person wants to see each such item by name; the others are what the filters are for and are only counted.
[[nodiscard]] bool is_noteworthy(SkipReason reason);

// Something that is not fetched. Ids are 0 where the reason is about the whole.
struct Skipped {
  SkipReason reason = SkipReason::archived;
  std::string detail;  // may be empty
  ModelId model_id;
  std::string model_name;
  VersionId version_id;
  std::string version_name;
  FileId file_id;
  std::string file_name;
};

struct ChosenVersion {
  ModelVersion version;  // its `files` are the wanted ones; `raw` is empty
  std::string document;  // the version's JSON as received, gzip-compressed
};

struct ChosenModel {
  Model model;  // without versions and `raw`
  std::vector<ChosenVersion> versions;
  std::string document;      // the model's JSON as received, gzip-compressed; only when asked for
  ModelVersion newest = {};  // where the document is filed when no version is chosen; without files
};

struct Selection {
  std::vector<ModelVersion> versions;  // whole, with `raw`; `files` reduced to the wanted ones, never empty
  std::vector<Skipped> skipped;
  // Of those that the choice of base models leaves, whether anything of it is wanted or not; stands in the model.
  const ModelVersion* newest = nullptr;
};

// By publication, then by id.
[[nodiscard]] bool is_newer(const ModelVersion& a, const ModelVersion& b);

// Applies the filter. Base models are matched per version, and the newest of the matching versions (by publication,
// then id) is taken, or all of them. `now` decides whether early access is over.
[[nodiscard]] Selection select(const Model& model, const FileFilter& filter, SystemTime now);

}  // namespace civitai::engine
