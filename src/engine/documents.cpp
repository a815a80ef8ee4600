#include "engine/documents.hpp"

#include "os/publish.hpp"
#include "sidecar/raw_json.hpp"
#include "store/gzip.hpp"

namespace civitai::engine {
namespace {

constexpr std::size_t largest_document = 256UL << 20;

bool is_ours(const Plan& plan, const PlanDocument& document, std::string_view text) {
  return document.kind == PlanDocument::Kind::version
             ? sidecar::is_document_of(plan.version_of(document.place).version.id, text)
             : sidecar::is_document_of(plan.model_of(document.place).model.id, text);
}

Result<DocumentOutcome> write_at(const Plan& plan, const PlanDocument& document, const os::Path& path,
                                 const std::string& text, os::FileSystem& files) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    const auto present = os::read_text(path, ByteCount{largest_document});
    if (present && *present == text) return DocumentOutcome::unchanged;
    if (!present || !is_ours(plan, document, *present)) return DocumentOutcome::kept_foreign;
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
  auto outcome = write_at(plan, document, document.path, *text, files);
  const bool elsewhere = outcome && *outcome == DocumentOutcome::kept_foreign && of_version;
  if (!elsewhere) return outcome;
  return write_at(plan, document, second_document_path(document.path), *text, files);
}

}  // namespace civitai::engine
