// The plan: what will be fetched and where it goes, what is skipped and why. Made by a pure function; the one object
// that is shown, confirmed and run.
#pragma once

#include "domain/library_entry.hpp"
#include "engine/scan.hpp"
#include "layout/layout.hpp"
#include "os/file.hpp"

#include <functional>
#include <optional>
#include <unordered_set>
#include <vector>

namespace civitai::engine {

struct PlanPolicy {
  os::Path root;  // absolute
  layout::Template file_template;
  layout::Template model_info_template;
  bool version_documents = false;  // --metadata
  bool model_documents = false;    // --model-info
  bool documents_only = false;     // --meta-only: the version documents of what would be fetched, and nothing else
  std::unordered_set<FileId> withheld = {};  // deleted on purpose: not brought back
};

// Where something stands in Plan::models.
struct Place {
  std::size_t model = 0;
  std::size_t version = 0;
  std::size_t file = 0;
};

struct PlanItem {
  Place place;
  os::Path target;                  // absolute; its last component may still follow the server's name for the file
  std::optional<os::Path> present;  // a file that may be this one already: proven, it is adopted instead of fetched
  ByteCount here;                   // of it in the partial file of an earlier run
  bool replaces = false;            // what lies at the target is wrong: it gives way once the right bytes are here
};

// A document of the site to be written. Version documents of fetched items are written when the item is placed.
struct PlanDocument {
  enum class Kind { version, model };
  Kind kind = Kind::version;
  Place place;
  os::Path path;  // absolute
};

struct Plan {
  os::Path root;
  layout::Template file_template;
  std::vector<ChosenModel> models = {};
  std::vector<PlanItem> items = {};
  std::vector<PlanDocument> documents = {};
  std::vector<Skipped> skipped = {};
  ScanReport scan = {};
  bool version_documents = false;

  [[nodiscard]] const ChosenModel& model_of(const Place& place) const { return models[place.model]; }
  [[nodiscard]] const ChosenVersion& version_of(const Place& place) const {
    return models[place.model].versions[place.version];
  }
  [[nodiscard]] const ModelFile& file_of(const Place& place) const {
    return version_of(place).version.files[place.file];
  }
  // Bytes still to be received; files of unknown size count as nothing.
  [[nodiscard]] ByteCount bytes_to_fetch() const;
  [[nodiscard]] std::size_t items_of_unknown_size() const;
  // Those of `documents` and those beside the items, each path once.
  [[nodiscard]] std::size_t documents_to_write() const;
};

// How the plan looks at the disk: the size of a regular file, nullopt when there is none.
using SizeOf = std::function<std::optional<ByteCount>(const os::Path&)>;

// Whether the site's document of this version lies there; the plan asks only where a file is.
using HoldsDocument = std::function<bool(const os::Path&, VersionId)>;

// Without `holds_document` every file under a document's name counts as that document.
[[nodiscard]] Plan make_plan(ScanResult scan, const std::vector<LibraryEntry>& library, const PlanPolicy& policy,
                             const SizeOf& size_of, const HoldsDocument& holds_document = {});

// Where the version's document goes that belongs to a model file: "<stem>.json" beside it; "<name>.json" when the file
// itself is a JSON file.
[[nodiscard]] os::Path document_path(const os::Path& model_file);
// Where it goes when something else has that name: "<path>.json".
[[nodiscard]] os::Path second_document_path(const os::Path& document);
// The same for a model's document: "<stem>-<modelID>.json".
[[nodiscard]] os::Path second_document_path(const os::Path& document, ModelId model);

}  // namespace civitai::engine
