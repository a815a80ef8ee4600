// Models, versions and files as a test needs them: everything a whole one has, and one call for what is different.
#pragma once

#include "base/time.hpp"
#include "domain/criteria.hpp"
#include "domain/model.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::engine {

inline SystemTime at(std::string_view text) { return parse_iso8601(text).value(); }

// A filter of which a test names only what it is about.
struct Filter {
  std::vector<std::string> base_models = {};
  std::vector<std::string> ignore_base_models = {};
  std::vector<std::string> ignore_file_names = {};
  bool all_versions = false;
  bool primary_only = false;
  bool pruned = false;
  bool fp16 = false;
  bool allow_unsafe = false;
  bool include_paid = false;

  operator FileFilter() const {  // NOLINT(google-explicit-constructor): stands for one
    return {base_models, ignore_base_models, ignore_file_names, all_versions, primary_only, pruned,
            fp16,        allow_unsafe,       include_paid};
  }
};

class FileBuilder {
 public:
  explicit FileBuilder(std::int64_t id) {
    file_.id = FileId{id};
    file_.name = "harbour.safetensors";
    file_.type = "Model";
    file_.format = "SafeTensor";
    file_.size_class = "pruned";
    file_.precision = "fp16";
    file_.size = ByteCount{1000};
    file_.pickle_scan = ScanVerdict::success;
    file_.virus_scan = ScanVerdict::success;
    file_.primary = true;
  }
  FileBuilder& named(std::string name) {
    return with([&](ModelFile& f) { f.name = std::move(name); });
  }
  FileBuilder& sized(std::optional<ByteCount> size) {
    return with([&](ModelFile& f) { f.size = size; });
  }
  FileBuilder& of_format(std::string format) {
    return with([&](ModelFile& f) { f.format = std::move(format); });
  }
  FileBuilder& scanned(ScanVerdict pickle, ScanVerdict virus) {
    return with([&](ModelFile& f) {
      f.pickle_scan = pickle;
      f.virus_scan = virus;
    });
  }
  FileBuilder& not_primary() {
    return with([](ModelFile& f) { f.primary = false; });
  }
  template <class Change>
  FileBuilder& with(Change&& change) {
    std::forward<Change>(change)(file_);
    return *this;
  }
  operator ModelFile() const { return file_; }  // NOLINT(google-explicit-constructor): that is what a builder is for

 private:
  ModelFile file_;
};

class VersionBuilder {
 public:
  explicit VersionBuilder(std::int64_t id) {
    version_.id = VersionId{id};
    version_.model_id = ModelId{201};
    version_.name = "v" + std::to_string(id);
    version_.base_model = "SDXL 1.0";
    version_.published_at = at("2026-04-01T09:00:00Z");
    version_.raw = "{\"id\": " + std::to_string(id) + "}";
  }
  VersionBuilder& published(std::string_view time) {
    return with([&](ModelVersion& v) { v.published_at = parse_iso8601(time); });
  }
  VersionBuilder& based_on(std::string base_model) {
    return with([&](ModelVersion& v) { v.base_model = std::move(base_model); });
  }
  VersionBuilder& paid(bool permanent, std::optional<SystemTime> free_from) {
    return with([&](ModelVersion& v) { v.paid_access = PaidAccess{permanent, free_from}; });
  }
  VersionBuilder& file(ModelFile file) {
    return with([&](ModelVersion& v) { v.files.push_back(std::move(file)); });
  }
  template <class Change>
  VersionBuilder& with(Change&& change) {
    std::forward<Change>(change)(version_);
    return *this;
  }
  operator ModelVersion() const { return version_; }  // NOLINT(google-explicit-constructor): as above

 private:
  ModelVersion version_;
};

// A version with one file, whose id is the version's plus 1000.
inline VersionBuilder version(std::int64_t id) { return VersionBuilder(id).file(FileBuilder(id + 1000)); }

inline Model model_of(std::vector<ModelVersion> versions, std::string type = "LORA") {
  Model model;
  model.id = ModelId{201};
  model.name = "Harbour Lights";
  model.type = std::move(type);
  model.creator = "quay_works";
  model.versions = std::move(versions);
  return model;
}

}  // namespace civitai::engine
