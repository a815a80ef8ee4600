#include "engine/documents.hpp"

#include "base/format.hpp"
#include "os/publish.hpp"
#include "sidecar/raw_json.hpp"
#include "store/gzip.hpp"

#include <functional>
#include <set>
#include <utility>

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

// What becomes of the name of a document. `written` is a promise that has yet to be kept.
DocumentOutcome decide_at(const os::Path& path, const std::string& text, const IsOurs& is_ours) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return DocumentOutcome::written;
  const auto present = os::read_text(path, ByteCount{largest_document});
  if (present && *present == text) return DocumentOutcome::unchanged;
  return present && is_ours(*present) ? DocumentOutcome::written : DocumentOutcome::kept_foreign;
}

Result<DocumentOutcome> write_at(const os::Path& path, const std::string& text, const IsOurs& is_ours,
                                 os::FileSystem& files) {
  const DocumentOutcome outcome = decide_at(path, text, is_ours);
  if (outcome != DocumentOutcome::written) return outcome;
  if (auto status = os::publish_text(files, path, text); !status) return fail(status.error());
  return outcome;
}

// What is to be written, and where.
struct Draft {
  Result<DocumentOutcome> outcome;
  os::Text text;
};

Draft draft(const Plan& plan, const PlanDocument& document) {
  const bool of_version = document.kind == PlanDocument::Kind::version;
  const std::string& gzip =
      of_version ? plan.version_of(document.place).document : plan.model_of(document.place).document;
  auto text = store::decompress(gzip, largest_document);
  if (!text) return {fail(text.error()), {}};
  const IsOurs is_ours = ours(plan, document);
  os::Path path = document.path;
  DocumentOutcome outcome = decide_at(path, *text, is_ours);
  if (outcome == DocumentOutcome::kept_foreign) {
    path = of_version ? second_document_path(path) : second_document_path(path, plan.model_of(document.place).model.id);
    outcome = decide_at(path, *text, is_ours);
  }
  return {outcome, {std::move(path), std::move(*text)}};
}

}  // namespace

bool holds_document(const os::Path& path, VersionId version) {
  const auto text = os::read_text(path, ByteCount{largest_document});
  return text && sidecar::is_document_of(version, *text);
}

Result<DocumentOutcome> write_document(const Plan& plan, const PlanDocument& document, os::FileSystem& files) {
  return std::move(write_documents(plan, {&document, 1}, files).front());
}

std::vector<Result<DocumentOutcome>> write_documents(const Plan& plan, std::span<const PlanDocument> documents,
                                                     os::FileSystem& files) {
  std::vector<Result<DocumentOutcome>> outcomes;
  std::vector<os::Text> texts;
  std::vector<std::size_t> owners;
  std::set<os::Path> names;
  const auto publish = [&] {
    const auto statuses = os::publish_texts(files, texts);
    for (std::size_t i = 0; i < owners.size(); ++i) {
      if (!statuses[i]) outcomes[owners[i]] = fail(statuses[i].error());
    }
    texts.clear();
    owners.clear();
    names.clear();
  };
  for (const PlanDocument& document : documents) {
    Draft one = draft(plan, document);
    // Another of them will stand there: what that means shows once it does.
    if (names.contains(one.text.path)) {
      publish();
      one = draft(plan, document);
    }
    if (one.outcome && *one.outcome == DocumentOutcome::written) {
      owners.push_back(outcomes.size());
      names.insert(one.text.path);
      texts.push_back(std::move(one.text));
    }
    outcomes.push_back(std::move(one.outcome));
  }
  publish();
  return outcomes;
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
