// Learning of files from the site's own documents beside them: what a lost library can be rebuilt from.
#pragma once

#include "layout/layout.hpp"
#include "os/file.hpp"
#include "store/library.hpp"

#include <cstddef>
#include <stop_token>

namespace civitai::engine {

struct DocumentScan {
  std::size_t documents = 0;  // of versions, found below the root
  std::size_t files = 0;      // that the library did not know
};

// Looks below `root` for documents of versions and the model files beside them. A file that the library does not know
// is recorded as pending at its place: nothing has proven it yet, and a verification will. Links are not followed.
// `made_by` is the layout that placed the models: where a document does not tell its model, the folders may.
[[nodiscard]] Result<DocumentScan> record_from_documents(const os::Path& root, const layout::Template& made_by,
                                                         store::Library& library, const std::stop_token& stop);

}  // namespace civitai::engine
