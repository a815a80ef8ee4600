#include "sidecar/raw_json.hpp"

#include "json/reader.hpp"

#include <optional>

namespace civitai::sidecar {
namespace {

struct Traits {
  std::optional<std::int64_t> id;
  bool has_versions = false;
  bool has_files = false;
  bool has_base_model = false;
};

Traits traits_of(std::string_view text) {
  Traits traits;
  auto document = json::Document::parse(text);
  if (!document) return traits;
  const bool whole = document->root().members([&](std::string_view key, json::Value value) {
    if (key == "id") traits.id = value.integer();
    if (key == "modelVersions") traits.has_versions = true;
    if (key == "files") traits.has_files = true;
    if (key == "baseModel") traits.has_base_model = true;
  });
  return whole ? traits : Traits{};
}

}  // namespace

bool is_document_of(VersionId version, std::string_view text) {
  const Traits traits = traits_of(text);
  return traits.id == version.value && (traits.has_files || traits.has_base_model);
}

bool is_document_of(ModelId model, std::string_view text) {
  const Traits traits = traits_of(text);
  return traits.id == model.value && traits.has_versions;
}

}  // namespace civitai::sidecar
