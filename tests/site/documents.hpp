// The JSON documents of the API, each in its own shape.
#pragma once

#include "site/catalogue.hpp"
#include "site/hash_book.hpp"
#include "site/options.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace standin {

using Json = nlohmann::ordered_json;

// What the site leaves out it writes as null.
[[nodiscard]] inline Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
template <class T>
[[nodiscard]] Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
[[nodiscard]] inline Json date_or_null(const std::string& date) { return date == "-" ? Json(nullptr) : Json(date); }
// When a version's early access ends; null without it.
[[nodiscard]] Json paid_document(const std::optional<PaidAccess>& paid);

struct DocumentSettings {
  HashBook& hashes;
  std::string base = {};         // origin of download links
  std::string images_base = {};  // origin of picture links
  bool all_levels = false;       // list form: pictures of every level
  bool primary_only = false;
};

// An item of /models.
[[nodiscard]] Json list_document(const DocumentSettings& settings, const Model& model);
// /models/{id}: empties removed inside versions.
[[nodiscard]] Json single_document(const DocumentSettings& settings, const Model& model);
// /model-versions/{id}; with override names for by-hash.
enum class VersionForm { plain, by_hash };
[[nodiscard]] Json version_document(const DocumentSettings& settings, const Model& model, const Version& version,
                                    VersionForm form);
[[nodiscard]] Json mini_document(const DocumentSettings& settings, const Model& model, const Version& version,
                                 const File& file, Login login);

enum class MetaForm { none, flat, wrapped };
// An item of /images.
[[nodiscard]] Json image_document(const DocumentSettings& settings, const Catalogue::Hit& hit, MetaForm meta);
// A picture inside a model's or version's document.
[[nodiscard]] Json embedded_image(const DocumentSettings& settings, const Image& image, Form form);
// A file inside a document. `primary` is the version's primary file, or null.
[[nodiscard]] Json file_document(const DocumentSettings& settings, const Version& version, const File& file, Form form);

// {"username", "image"}
[[nodiscard]] Json creator_document(const DocumentSettings& settings, const std::string& name);

// Lays the patches for this form over the document.
void apply(const std::vector<Patch>& patches, Form form, Json& document);

// Published versions with at least one public file row, as the API shows them.
[[nodiscard]] std::vector<const Version*> shown_versions(const Model& model);
[[nodiscard]] std::vector<const File*> visible_files(const Version& version);
// The version's primary file or files; a file's own `primary` wins over the scoring.
[[nodiscard]] bool is_primary(const Version& version, const File& file);
// "urn:air:sdxl:lora:civitai:1@2"
[[nodiscard]] std::string air(const Model& model, const Version& version);
[[nodiscard]] std::string picture_url(const std::string& base, const Image& image, const std::string& name);

}  // namespace standin
