// Writing the site's own documents beside the models.
#pragma once

#include "engine/plan.hpp"
#include "store/library.hpp"

#include <span>
#include <vector>

namespace civitai::engine {

enum class DocumentOutcome { written, unchanged, kept_foreign };

// Writes the document of `document.place` at `document.path`, atomically. A file there that is not the site's document
// of the same version or model is left alone; second_document_path is then tried.
[[nodiscard]] Result<DocumentOutcome> write_document(const Plan& plan, const PlanDocument& document,
                                                     os::FileSystem& files);

// Makes sure that the version's document lies beside the model file: writes the library's own copy, atomically, where
// there is none. `unchanged` when one is there; error of kind not_found when the library holds no copy.
[[nodiscard]] Result<DocumentOutcome> complete_version_document(const os::Path& model_file, VersionId version,
                                                                store::Library& library, os::FileSystem& files);

// As write_document for each, in the same order; flushed together.
[[nodiscard]] std::vector<Result<DocumentOutcome>> write_documents(const Plan& plan,
                                                                   std::span<const PlanDocument> documents,
                                                                   os::FileSystem& files);

// Whether the site's document of this version lies at `path`: reads the file.
[[nodiscard]] bool holds_document(const os::Path& path, VersionId version);

}  // namespace civitai::engine
