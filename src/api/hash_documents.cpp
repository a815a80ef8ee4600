#include "api/documents.hpp"
#include "api/fields.hpp"
#include "base/text.hpp"

namespace civitai::api {
namespace {

using json::Value;

constexpr Field<HashMatch> match_fields[] = {
    {"modelId", [](Value& value, HashMatch& match) { match.model.value = value.integer().value_or(0); }},
    {"modelVersionId", [](Value& value, HashMatch& match) { match.version.value = value.integer().value_or(0); }},
    {"hash", [](Value& value, HashMatch& match) { match.sha256 = to_lower(value.text().value_or("")); }},
};

// Calls `use` for every element; false when the text is no array or ends too early.
template <class Use>
bool each_element(std::string_view text, Use&& use) {
  auto document = json::Document::parse(text);
  return document && document->root().elements(std::forward<Use>(use));
}

}  // namespace

Result<std::vector<HashMatch>> read_hash_matches(std::string_view text) {
  std::vector<HashMatch> matches;
  const bool whole = each_element(text, [&](Value element) {
    HashMatch match;
    read_fields<HashMatch>(match_fields, element, match);
    if (match.model && match.version && is_hex(match.sha256)) matches.push_back(std::move(match));
  });
  if (!whole) return fail(ErrorKind::network, "the list of matches is damaged or cut short");
  return matches;
}

Result<std::vector<Model>> read_version_list(std::string_view text) {
  std::vector<Model> models;
  const bool whole = each_element(text, [&](Value element) {
    // What was not found comes as null.
    if (auto model = read_version_document(element.raw())) models.push_back(std::move(*model));
  });
  if (!whole) return fail(ErrorKind::network, "the list of versions is damaged or cut short");
  return models;
}

}  // namespace civitai::api
