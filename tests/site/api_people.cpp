// Creators, tags, enumerations, collections and the caller's own account.
#include "base/format.hpp"
#include "base/text.hpp"
#include "domain/vocabulary.hpp"
#include "site/api.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace standin {
namespace {

using civitai::format;

struct Page {
  std::size_t number = 1;
  std::size_t limit = 20;
};

std::optional<Page> read_page(const Query& query) {
  Page page;
  for (const auto& [name, target] : {std::pair{"page", &page.number}, std::pair{"limit", &page.limit}}) {
    const auto text = query.get(name);
    if (!text) continue;
    const auto number = civitai::parse_integer(*text);
    if (!number || *number < 1 || (name == std::string_view("limit") && *number > 200)) return std::nullopt;
    *target = static_cast<std::size_t>(*number);
  }
  return page;
}

// These two routes answer a bad parameter with a bare array.
Answer bad_parameter() {
  const Json issue = {{"code", "invalid_type"}, {"path", {"limit"}}, {"message", "a number in range was expected"}};
  return json_answer(400, Json::array({issue}).dump());
}

Answer paged(const Context& context, const std::vector<Json>& all, const Page& page, bool search) {
  const std::size_t first = std::min((page.number - 1) * page.limit, all.size());
  const std::size_t next = std::min(first + page.limit, all.size());
  Json items = Json::array();
  for (std::size_t i = first; i < next; ++i) items.push_back(all[i]);
  Json metadata = {{"totalItems", all.size()},
                   {"currentPage", page.number},
                   {"pageSize", page.limit},
                   {"totalPages", (all.size() + page.limit - 1) / page.limit}};
  const bool more = next < all.size();
  if (search) metadata["hasMore"] = more;
  if (more) metadata["nextPage"] = echoed_link(context, {"page"}, {{"page", format("{}", page.number + 1)}});
  if (page.number > 1) metadata["prevPage"] = echoed_link(context, {"page"}, {{"page", format("{}", page.number - 1)}});
  return document_answer({{"items", std::move(items)}, {"metadata", std::move(metadata)}});
}

Json words(std::span<const std::string_view> list) {
  Json array = Json::array();
  for (const std::string_view word : list) array.push_back(word);
  return array;
}

}  // namespace

Answer list_creators(const Context& context) {
  const auto page = read_page(context.query());
  if (!page) return bad_parameter();
  const std::string wanted = context.query().get("query").value_or("");
  std::map<std::string, std::size_t> counts;
  for (const Model& model : context.catalogue.models()) {
    if (model.creator && civitai::contains_ignoring_case(*model.creator, wanted)) ++counts[*model.creator];
  }
  const DocumentSettings settings = context.settings(context.asked_origin());
  std::vector<Json> all;
  for (const auto& [name, count] : counts) {
    all.push_back({{"username", name},
                   {"modelCount", count},
                   {"link", format("{}/api/v1/models?username={}", context.asked_origin(), percent_encode(name))},
                   {"image", creator_document(settings, name)["image"]}});
  }
  return paged(context, all, *page, !wanted.empty());
}

Answer list_tags(const Context& context) {
  const auto page = read_page(context.query());
  if (!page) return bad_parameter();
  const std::string wanted = context.query().get("query").value_or("");
  std::map<std::string, std::size_t> counts;
  for (const Model& model : context.catalogue.models()) {
    for (const std::string& tag : model.tags) {
      if (civitai::contains_ignoring_case(tag, wanted)) ++counts[tag];
    }
  }
  std::vector<Json> all;
  for (const auto& [name, count] : counts) {
    all.push_back({{"name", name}, {"link", format("{}/api/v1/models?tag={}", context.asked_origin(), name)}});
  }
  return paged(context, all, *page, false);
}

Answer enums(const Context& context) {
  (void)context;
  static constexpr std::string_view file_types[] = {
      "Model",    "Text Encoder",     "Vision Encoder", "Pruned Model",    "Negative",   "Training Data", "VAE",
      "Config",   "Archive",          "UNet",           "Diffusion Model", "CLIPVision", "ControlNet",    "Workflow",
      "Upscaler", "Enhancement LoRA", "Other"};
  static constexpr std::string_view base_model_types[] = {"Standard", "Inpainting", "Refiner", "Pix2Pix"};
  // Found on existing versions, but no longer offered.
  static constexpr std::string_view hidden[] = {"Imagen4",
                                                "Nano Banana",
                                                "ODOR",
                                                "OpenAI",
                                                "Playground v2",
                                                "Stable Cascade",
                                                "SD 2.0 768",
                                                "SD 2.1 768",
                                                "SD 2.1 Unclip",
                                                "SD 3",
                                                "SD 3.5",
                                                "SD 3.5 Large",
                                                "SD 3.5 Large Turbo",
                                                "SD 3.5 Medium",
                                                "SDXL 0.9",
                                                "SDXL 1.0 LCM",
                                                "SDXL Turbo",
                                                "SDXL Distilled",
                                                "Seedream",
                                                "SVD",
                                                "SVD XT",
                                                "Sora 2",
                                                "Veo 3",
                                                "Wan Video",
                                                "Vidu Q1",
                                                "Kling",
                                                "Seedance",
                                                "PolyGen",
                                                "Tripo",
                                                "Hunyuan3D"};
  const Json base_models = words(civitai::vocabulary::base_models());
  Json active = Json::array();
  for (const std::string_view name : civitai::vocabulary::base_models()) {
    if (std::find(std::begin(hidden), std::end(hidden), name) == std::end(hidden)) active.push_back(name);
  }
  return document_answer({{"ModelType", words(civitai::vocabulary::model_types())},
                          {"ModelFileType", words(file_types)},
                          {"ActiveBaseModel", active},
                          {"BaseModel", base_models},
                          {"BaseModelType", words(base_model_types)}});
}

Answer me(const Context& context) {
  const Caller& caller = context.caller;
  if (!caller.signed_in()) return error_text(401, "Unauthorized");
  const std::string name = civitai::replace_all(format("{}_user", to_string(caller.kind)), "-", "_");
  return document_answer({{"id", caller.id},
                          {"username", name},
                          {"tier", "free"},
                          {"status", "active"},
                          {"isMember", false},
                          {"subscriptions", Json::array()},
                          {"email", "sample@example.invalid"},
                          {"emailVerified", true},
                          {"tokenScope", 33554431},
                          {"buzzLimit", nullptr},
                          {"subject", {{"type", "apiKey"}, {"id", 123456}}}});
}

namespace {

Json collection_document(const Collection& collection) {
  return {{"id", collection.id},      {"name", collection.name},
          {"description", nullptr},   {"type", collection.type},
          {"nsfwLevel", 1},           {"read", "Public"},
          {"isPublic", true},         {"itemCount", collection.item_count},
          {"coverImageUrl", nullptr}, {"user", {{"id", 8800555}, {"username", collection.username}}}};
}

}  // namespace

Answer list_collections(const Context& context) {
  const Query& query = context.query();
  const auto limit = civitai::parse_integer(query.get("limit").value_or("100"));
  const auto cursor = civitai::parse_integer(query.get("cursor").value_or("0"));
  if (!limit || *limit < 1 || *limit > 100)
    return error_zod("limit", "invalid_type", "a number from 1 to 100 was expected");
  if (!cursor || *cursor < 0) return error_zod("cursor", "invalid_type", "a positive number was expected");
  if (query.get("sort") == "Most Followers" && *cursor > 0) return error_text(400, "this sort takes no cursor");
  Json items = Json::array();
  Json metadata = Json::object();
  for (const Collection& collection : context.catalogue.collections()) {
    if (collection.id < *cursor) continue;
    if (items.size() == static_cast<std::size_t>(*limit)) {
      metadata["nextCursor"] = collection.id;
      metadata["nextPage"] = echoed_link(context, {"cursor"}, {{"cursor", format("{}", collection.id)}});
      break;
    }
    items.push_back(collection_document(collection));
  }
  return document_answer({{"items", std::move(items)}, {"metadata", std::move(metadata)}});
}

Answer one_collection(const Context& context) {
  for (const Collection& collection : context.catalogue.collections()) {
    if (context.tail == format("{}", collection.id)) return document_answer(collection_document(collection));
  }
  return error_text(404, "Collection not found");
}

}  // namespace standin
