// The site's own JSON beside a model: whose document is it? The text itself is written as received, byte for byte.
//
// `<base>.json` is also the name under which some user interfaces keep a person's notes: a file that is not the site's
// document of this very version or model, whole and undamaged, is never replaced.
#pragma once

#include "domain/ids.hpp"

#include <string_view>

namespace civitai::sidecar {

// Whether `text` is the site's document of this version.
[[nodiscard]] bool is_document_of(VersionId version, std::string_view text);
// Whether `text` is the site's document of this model.
[[nodiscard]] bool is_document_of(ModelId model, std::string_view text);

}  // namespace civitai::sidecar
