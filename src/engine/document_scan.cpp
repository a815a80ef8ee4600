#include "engine/document_scan.hpp"

#include "api/documents.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/plan.hpp"
#include "sidecar/raw_json.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

constexpr ByteCount largest_version_document = mebibytes(64);

// Below its name the file beside a document: whose document it would be.
std::vector<os::Path> model_files_of(const os::Path& document) {
  std::vector<os::Path> files;
  std::error_code code;
  for (fs::directory_iterator file(document.parent_path(), code), end; !code && file != end; file.increment(code)) {
    std::error_code unknown;
    const os::Path& path = file->path();
    const bool is_model = path != document && fs::is_regular_file(file->symlink_status(unknown)) &&
                          path.extension() != ".json" && path.extension() != ".tmp";
    const os::Path expected = document_path(path);
    if (is_model && (expected == document || second_document_path(expected) == document)) files.push_back(path);
  }
  return files;
}

store::FileRecord record_of_file(const Model& model, const ModelFile& file, const os::Path& path,
                                 const std::string& text) {
  const ModelVersion& version = model.versions.front();
  store::FileRecord record;
  record.entry.model_id = model.id;
  record.entry.model_name = model.name;
  record.entry.model_type = model.type;
  record.entry.creator = model.creator;
  record.entry.version_id = version.id;
  record.entry.version_name = version.name;
  record.entry.base_model = version.base_model;
  record.entry.file_id = file.id;
  record.entry.file_name = file.name;
  record.entry.file_type = file.type;
  record.entry.size = file.size.value_or(ByteCount{});
  record.entry.hashes = file.hashes;
  record.entry.path = path.string();
  record.tags = model.tags;
  record.trained_words = version.trained_words;
  record.version_document.gzip = store::compress(text);
  return record;
}

// In a list of the site a version's document does not say which model it belongs to: the folders that the layout has
// made may do.
Result<Model> model_of_document(const os::Path& document, const std::string& text, const layout::Template& made_by) {
  auto model = api::read_version_document(text);
  const layout::ToldByPath told = model ? layout::ToldByPath{} : made_by.told_by(document);
  const std::size_t brace = text.find('{');
  if (model || !told.model || brace == std::string::npos) return model;
  model = api::read_version_document(format("{{\"modelId\":{},{}", told.model.value, text.substr(brace + 1)));
  if (model && model->name.empty()) model->name = told.model_name;
  return model;
}

// The version's file that has the size of this one. Several of one size are told apart by the extension.
const ModelFile* file_of_size(const ModelVersion& version, const os::Path& path) {
  const auto size = os::file_size(path);
  const ModelFile* found = nullptr;
  for (const ModelFile& file : version.files) {
    if (!size || !file.size || *file.size != *size) continue;
    if (found == nullptr || os::Path(file.name).extension() == path.extension()) found = &file;
  }
  return found;
}

class DocumentScanner {
 public:
  DocumentScanner(store::Library& library, const layout::Template& made_by) : library_(library), made_by_(made_by) {}

  Status take(const os::Path& document) {
    const auto text = os::read_text(document, largest_version_document);
    if (!text) return {};
    const auto model = model_of_document(document, *text, made_by_);
    const bool whole =
        model && model->id && model->versions.size() == 1 && sidecar::is_document_of(model->versions.front().id, *text);
    if (!whole) return {};
    ++result_.documents;
    for (const os::Path& path : model_files_of(document)) {
      const ModelFile* const file = file_of_size(model->versions.front(), path);
      if (file == nullptr || !file->id) continue;
      const auto known = library_.find(file->id);
      if (!known) return fail(known.error());
      if (*known) continue;
      auto recorded = library_.record_pending(record_of_file(*model, *file, path, *text));
      if (!recorded) return recorded;
      ++result_.files;
    }
    return {};
  }

  [[nodiscard]] const DocumentScan& result() const { return result_; }

 private:
  store::Library& library_;
  const layout::Template& made_by_;
  DocumentScan result_;
};

}  // namespace

Result<DocumentScan> record_from_documents(const os::Path& root, const layout::Template& made_by,
                                           store::Library& library, const std::stop_token& stop) {
  DocumentScanner scanner(library, made_by);
  std::error_code code;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator file(root, options, code), end; !code && file != end; file.increment(code)) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    std::error_code unknown;
    if (file->path().extension() != ".json" || !fs::is_regular_file(file->symlink_status(unknown))) continue;
    if (auto taken = scanner.take(file->path()); !taken) return fail(taken.error());
  }
  return scanner.result();
}

}  // namespace civitai::engine
