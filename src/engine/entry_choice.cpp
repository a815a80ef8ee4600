#include "engine/entry_choice.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <functional>
#include <unordered_set>

namespace civitai::engine {
namespace {

using Fits = std::function<bool(const LibraryEntry&)>;

class Chooser {
 public:
  explicit Chooser(const std::vector<LibraryEntry>& library) : library_(library) {}

  // Whether any entry fits.
  bool take(const Fits& fits) {
    bool any = false;
    for (const LibraryEntry& entry : library_) {
      if (!fits(entry)) continue;
      any = true;
      chosen_.insert(entry.file_id);
    }
    return any;
  }

  void take_or_note(const Fits& fits, std::string what) {
    if (!take(fits)) result_.unmatched.push_back(std::move(what));
  }

  Chosen result() {
    for (const LibraryEntry& entry : library_) {
      if (chosen_.contains(entry.file_id)) result_.entries.push_back(entry);
    }
    return std::move(result_);
  }

 private:
  const std::vector<LibraryEntry>& library_;
  std::unordered_set<FileId> chosen_;
  Chosen result_;
};

Fits is_version(VersionId id) {
  return [id](const LibraryEntry& entry) { return entry.version_id == id; };
}
Fits is_file(FileId id) {
  return [id](const LibraryEntry& entry) { return entry.file_id == id; };
}
Fits is_model(ModelId id) {
  return [id](const LibraryEntry& entry) { return entry.model_id == id; };
}

bool take_key(Chooser& chooser, std::string_view key) {
  const bool version_alone = key.starts_with("v_") || key.starts_with("V_");
  const auto number = parse_integer(version_alone ? key.substr(2) : key);
  if (!number) return false;
  if (chooser.take(is_version({*number}))) return true;
  return !version_alone && (chooser.take(is_file({*number})) || chooser.take(is_model({*number})));
}

}  // namespace

bool EntryChoice::empty() const {
  return models.empty() && versions.empty() && files.empty() && creators.empty() && keys.empty();
}

Chosen choose(const std::vector<LibraryEntry>& library, const EntryChoice& choice) {
  Chooser chooser(library);
  for (const ModelId id : choice.models) chooser.take_or_note(is_model(id), format("model {}", id.value));
  for (const VersionId id : choice.versions) chooser.take_or_note(is_version(id), format("version {}", id.value));
  for (const FileId id : choice.files) chooser.take_or_note(is_file(id), format("file {}", id.value));
  for (const std::string& creator : choice.creators) {
    const Fits fits = [&](const LibraryEntry& entry) { return equal_ignoring_case(entry.creator, creator); };
    chooser.take_or_note(fits, format("creator {}", printable(creator)));
  }
  for (const std::string& key : choice.keys) {
    if (!take_key(chooser, key)) chooser.take_or_note([](const LibraryEntry&) { return false; }, printable(key));
  }
  return chooser.result();
}

}  // namespace civitai::engine
