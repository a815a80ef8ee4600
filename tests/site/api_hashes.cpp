#include "base/text.hpp"
#include "site/api.hpp"

#include <optional>

namespace standin {
namespace {

// The oldest published version that holds a file with this hash.
Catalogue::Hit find_by_hash(const Context& context, const std::string& hash) {
  for (const std::int64_t id : context.world.files_with_hash(context.catalogue, civitai::to_upper(hash))) {
    const auto hit = context.catalogue.find_file(id);
    const bool shown =
        hit && hit.file->visible && hit.version->status == "Published" && hit.model->status == "Published";
    if (shown) return hit;
  }
  return {};
}

// The body as an array of texts; nullopt when it is none or is too long.
std::optional<std::vector<std::string>> hash_list(const Context& context, std::size_t at_most) {
  const Json body = Json::parse(context.request.body, nullptr, false);
  if (!body.is_array() || body.size() > at_most) return std::nullopt;
  std::vector<std::string> hashes;
  for (const Json& item : body) {
    if (!item.is_string()) return std::nullopt;
    hashes.push_back(item.get<std::string>());
  }
  return hashes;
}

}  // namespace

Answer by_hash(const Context& context) {
  const auto hit = find_by_hash(context, context.tail);
  if (!hit) return error_text(404, "Model not found");
  Answer answer = document_answer(
      version_document(context.settings(context.asked_origin()), *hit.model, *hit.version, VersionForm::by_hash));
  answer.subject = {.model_id = hit.model->id, .version_id = hit.version->id, .file_id = hit.file->id};
  return answer;
}

Answer by_hashes(const Context& context) {
  const auto hashes = hash_list(context, 100);
  if (!hashes) return error_text(400, "an array of at most 100 hashes was expected");
  Json documents = Json::array();
  for (const std::string& hash : *hashes) {
    if (hash.size() != 64) return error_text(400, "only SHA256 can be looked up in bulk");
    // This route builds its links from a header that is not there.
    if (const auto hit = find_by_hash(context, hash)) {
      documents.push_back(
          version_document(context.settings("https://undefined"), *hit.model, *hit.version, VersionForm::by_hash));
    }
  }
  return document_answer(documents);
}

Answer by_hash_ids(const Context& context) {
  const auto hashes = hash_list(context, 10000);
  if (!hashes) return error_text(400, "an array of at most 10000 hashes was expected");
  Json hits = Json::array();
  for (const std::string& hash : *hashes) {
    if (const auto hit = find_by_hash(context, hash)) {
      hits.push_back(
          {{"modelVersionId", hit.version->id}, {"modelId", hit.model->id}, {"hash", civitai::to_upper(hash)}});
    }
  }
  return document_answer(hits);
}

}  // namespace standin
