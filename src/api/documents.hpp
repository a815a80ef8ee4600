// From the site's JSON to domain values. Lenient: a missing, null or oddly typed field is unknown; only an object
// without an id is refused. Facts about the fields: docs/civitai.md.
#pragma once

#include "base/result.hpp"
#include "domain/image.hpp"
#include "domain/model.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::api {

// A page of `/models`.
struct ModelPage {
  std::vector<Model> models;
  int damaged = 0;                         // items that could not be read
  std::optional<std::string> next_cursor;  // opaque; numbers as they were written
  std::optional<std::string> next_page;    // a URL; follow it only when there is no cursor
};

// A page of `/images`.
struct ImagePage {
  std::vector<Image> images;
  int damaged = 0;                         // items that could not be read
  std::optional<std::string> next_cursor;  // opaque; numbers as they were written
  std::optional<std::string> next_page;    // as above
};

// How a picture was made, as far as its poster tells.
struct GenerationData {
  std::string prompt;
  std::string negative_prompt;
  std::vector<std::pair<std::string, std::string>> settings;  // sampler, seed, …: name and value, as they stand
};

[[nodiscard]] Result<ModelPage> read_model_page(std::string_view json);
// `/models/{id}`, or one item of a list.
[[nodiscard]] Result<Model> read_model(std::string_view json);
// `/model-versions/{id}`: a model that holds this one version; creator and tags are not in this document.
[[nodiscard]] Result<Model> read_version_document(std::string_view json);
[[nodiscard]] Result<ImagePage> read_image_page(std::string_view json);
// One item of `/images`.
[[nodiscard]] Result<Image> read_image(std::string_view json);
// The `meta` of such an item, plain or wrapped in another object; empty when there is none.
[[nodiscard]] GenerationData read_generation_data(std::string_view image_json);
// `/model-versions/by-hash/ids`: what is damaged is left out.
struct HashMatch {
  ModelId model;
  VersionId version;
  std::string sha256;  // lower case
};
[[nodiscard]] Result<std::vector<HashMatch>> read_hash_matches(std::string_view json);
// `/model-versions/by-hash`: a list of version documents.
[[nodiscard]] Result<std::vector<Model>> read_version_list(std::string_view json);
// `/me`: the user name.
[[nodiscard]] Result<std::string> read_account_name(std::string_view json);
// `/creators?query=NAME`: the number of models the site counts for exactly this creator; nullopt when it does not say.
[[nodiscard]] std::optional<int> read_model_count(std::string_view json, std::string_view username);

// The first text among "error", "message" and "error.message" of an error answer, made printable and short; empty when
// the body has none of them.
[[nodiscard]] std::string read_error_text(std::string_view body);
// The "deadline" of an early-access refusal.
[[nodiscard]] std::optional<SystemTime> read_deadline(std::string_view body);

}  // namespace civitai::api
