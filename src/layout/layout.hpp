// Where a file goes: path templates filled with a model's facts, slugs, and the rule that no two files share a path.
//
// Pure: nothing here touches a disk. Every result is a relative path whose components are safe on Linux, macOS and
// Windows, none of them "." or ".."; whatever the site sends, it stays below the root.
#pragma once

#include "base/result.hpp"
#include "domain/model.hpp"
#include "os/safe_name.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace civitai::layout {

using Path = std::filesystem::path;

// Bytes of the last component at most: below the file systems' limit by what is put behind a final name while the file
// is on its way (".<fileId>.rejected.tmp", an id of up to 19 digits).
inline constexpr std::size_t longest_leaf = os::longest_component - 36;

// The slug of the original program, character by character: blanks become '_', ':' becomes '-', Unicode lower-casing as
// far as it ends in ASCII, everything but [0-9a-z._-] dropped, runs of '-' and '_' folded, both stripped at the ends.
// Not safe as a path component by itself: it may be empty, "..", or "con".
[[nodiscard]] std::string slug(std::string_view text);

inline constexpr std::string_view default_file_template =
    "{type}/{baseModel}/{modelName}/{modelID}-{fileNameSlug}/{versionName}/{versionID}_{fileName}.{ext}";
inline constexpr std::string_view default_model_info_template =
    "{type}/{baseModel}/{modelName}/{modelID}-{modelNameSlug}.json";

// What a path tells of the model whose file it is: 0 and empty where it tells nothing.
struct ToldByPath {
  ModelId model;
  std::string model_name;  // its slug
};

// A parsed template. Components are separated by '/'; placeholders stand in braces, letter case ignored:
// type, baseModel, modelName, modelID, modelNameSlug, versionName, versionID, fileName, fileNameSlug, fileID, ext,
// creator (and modelType and creatorName, which older configurations use). Placeholders give slugs; where a slug has no
// letter or digit the id stands in ("model-123", "version-456", "file-789"), or "unknown-type", "unknown-base",
// "unknown-creator". In the last component {fileName} gives the safe, unslugged stem and {ext} the extension as it is,
// perhaps none. Every filled component then goes through os::safe_component, the last one with `longest_leaf`; one
// that would be hidden, by a dot that is not the template's own, is prefixed by '_'. A last component never ends in
// ".tmp", because files with that name are taken for remains of a broken run.
class Template {
 public:
  // Error of kind usage, naming the unknown placeholder and listing the known ones; also for braces that do not match,
  // an empty template, an absolute one, one that ends with '/', and one with a backslash or a ".." component.
  [[nodiscard]] static Result<Template> parse(std::string_view text);

  // `file_name` is the server's name of the file: stem and extension come from it, or from `file.name` where nothing
  // safe is left of it.
  [[nodiscard]] Path path_of_file(const Model& model, const ModelVersion& version, const ModelFile& file,
                                  std::string_view file_name) const;
  // For the model's own JSON, with `version` to say which base model it is filed under. Here {fileName} and
  // {fileNameSlug} are the slug of the model's name, {fileID} is the model's id and {ext} is "json".
  [[nodiscard]] Path path_of_model(const Model& model, const ModelVersion& version) const;
  // Of a file that this template has placed somewhere, or of what lies beside it. An id counts where it begins a folder
  // or ends it, or stands between texts of the template's own.
  [[nodiscard]] ToldByPath told_by(const Path& path) const;

 private:
  struct Facts;
  explicit Template(std::vector<std::string> components) : components_(std::move(components)) {}
  [[nodiscard]] Path expand(const Facts& facts) const;

  std::vector<std::string> components_;
};

// Where the pictures of a version and of a model go whatever the template of files: as the original program does it.
// The file is the one whose name the folder bears; the version says which base model the model is filed under.
[[nodiscard]] Path version_images_folder(const Model& model, const ModelVersion& version, const ModelFile& file);
[[nodiscard]] Path model_images_folder(const Model& model, const ModelVersion& version);

// Remembers which paths of one plan are taken and tells twins apart. Paths compare without letter case, because Windows
// and macOS do: ASCII, Latin, Greek and Cyrillic letters. Other scripts' cases and the two spellings of an accented
// letter (composed or not) are told apart here although some file systems do not.
class Claims {
 public:
  // The path itself for the first file that wants it (and again for the same file), "<stem>-<fileID><ext>" for others.
  // A file without an id is never taken for the same as another one.
  [[nodiscard]] Path claim(const Path& wanted, FileId file);

 private:
  // Whether the path is, or just became, the file's.
  bool take(const Path& path, FileId file);

  std::unordered_map<std::string, FileId> owners_;
};

}  // namespace civitai::layout
