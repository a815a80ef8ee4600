#include "engine/documents.hpp"

#include "base/format.hpp"
#include "os/publish.hpp"
#include "sidecar/raw_json.hpp"
#include "store/gzip.hpp"

#include <functional>

namespace civitai::engine {
namespace {

constexpr std::size_t largest_document = 256UL << 20;

using IsOurs = std::function<bool(std::string_view text)>;

// Whether a text is the document that shall be written, perhaps an older state of it.
IsOurs ours(const Plan& plan, const PlanDocument& document) {
  if (document.kind == PlanDocument::Kind::version) {
    return [id = plan.version_of(document.place).version.id](auto text) { return sidecar::is_document_of(id, text); };
  }
  return [id = plan.model_of(document.place).model.id](auto text) { return sidecar::is_document_of(id, text); };
}

Result<DocumentOutcome> write_at(const os::Path& path, const std::string& text, const IsOurs& is_ours,
                                 os::FileSystem& files) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    const auto present = os::read_text(path, ByteCount{largest_document});
    if (present && *present == text) return DocumentOutcome::unchanged;
    if (!present || !is_ours(*present)) return DocumentOutcome::kept_foreign;
  }
  if (auto status = os::publish_text(files, path, text); !status) return fail(status.error());
  return DocumentOutcome::written;
}

}  // namespace

bool holds_document(const os::Path& path, VersionId version) {
  const auto text = os::read_text(path, ByteCount{largest_document});
  return text && sidecar::is_document_of(version, *text);
}

Result<DocumentOutcome> write_document(const Plan& plan, const PlanDocument& document, os::FileSystem& files) {
  const bool of_version = document.kind == PlanDocument::Kind::version;
  const std::string& gzip =
      of_version ? plan.version_of(document.place).document : plan.model_of(document.place).document;
  const auto text = store::decompress(gzip, largest_document);
  if (!text) return fail(text.error());
  auto outcome = write_at(document.path, *text, ours(plan, document), files);
  const bool elsewhere = outcome && *outcome == DocumentOutcome::kept_foreign;
  if (!elsewhere) return outcome;
  const os::Path second = of_version ? second_document_path(document.path)
                                     : second_document_path(document.path, plan.model_of(document.place).model.id);
  return write_at(second, *text, ours(plan, document), files);
}

Result<DocumentOutcome> complete_version_document(const os::Path& model_file, VersionId version,
                                                  store::Library& library, os::FileSystem& files) {
  const os::Path first = document_path(model_file);
  const os::Path second = second_document_path(first);
  if (holds_document(first, version) || holds_document(second, version)) return DocumentOutcome::unchanged;
  const auto text = library.version_document(version);
  if (!text) return fail(text.error());
  if (!*text) {
    return fail(ErrorKind::not_found, format("{}: the library holds no document of this version", first.native()),
                "db redownload fetches it with the file");
  }
  const IsOurs is_ours = [version](auto found) { return sidecar::is_document_of(version, found); };
  auto outcome = write_at(first, **text, is_ours, files);
  const bool elsewhere = outcome && *outcome == DocumentOutcome::kept_foreign;
  return elsewhere ? write_at(second, **text, is_ours, files) : outcome;
}

}  // namespace civitai::engine
