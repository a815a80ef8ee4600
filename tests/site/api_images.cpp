#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "domain/vocabulary.hpp"
#include "site/api.hpp"
#include "site/model_query.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <tuple>
#include <utility>

namespace standin {
namespace {

using civitai::format;
using Refusal = std::optional<Answer>;
using Hit = Catalogue::Hit;

// Which of the real site's two back ends answers: the search index, or the database for whole models and single images.
enum class Back { index, legacy };

struct ImageList {
  std::size_t limit = 100;
  std::optional<std::int64_t> page;
  std::optional<std::string> cursor;
  std::int64_t post_id = 0, model_id = 0, version_id = 0, image_id = 0;
  int levels = 1;
  std::string sort = "Most Reactions", type, username;
  std::vector<std::string> base_models;
  bool only_with_meta = false;
  Back back = Back::index;
  MetaForm meta = MetaForm::none;
};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Refusal read_numbers(const Query& query, ImageList& list) {
  const std::pair<std::string_view, std::int64_t*> ids[] = {{"postId", &list.post_id},
                                                            {"modelId", &list.model_id},
                                                            {"modelVersionId", &list.version_id},
                                                            {"imageId", &list.image_id}};
  for (const auto& [name, target] : ids) {
    const auto text = query.get(name);
    const auto number = civitai::parse_integer(text.value_or("0"));
    if (!number) return error_zod(name, "invalid_type", "a number was expected");
    *target = *number;
  }
  const auto limit = civitai::parse_integer(query.get("limit").value_or("100"));
  if (!limit || *limit < 0 || *limit > 200) return error_zod("limit", "too_big", "limit not within 0 and 200");
  list.limit = static_cast<std::size_t>(*limit);
  list.cursor = query.get("cursor");
  if (const auto page = query.get("page"); page && !list.cursor) {
    list.page = civitai::parse_integer(*page);
    if (!list.page || *list.page < 1) return error_zod("page", "invalid_type", "a number above 0 was expected");
    if (*list.page * *limit > 1000) return error_text(429, "too many pages requested, use cursors");
  }
  return std::nullopt;
}

// The words are ceilings, but `true` leaves the harmless levels out.
Refusal read_levels(const Query& query, ImageList& list) {
  static constexpr std::array<std::pair<std::string_view, int>, 5> words = {
      {{"None", 1}, {"Soft", 3}, {"Mature", 7}, {"X", 31}, {"Blocked", 32}}};
  if (const auto mask = query.get("browsingLevel")) {
    const auto number = civitai::parse_integer(*mask);
    if (!number) return error_zod("browsingLevel", "invalid_type", "a number was expected");
    list.levels = static_cast<int>(*number);
    return std::nullopt;
  }
  const auto nsfw = query.get("nsfw");
  if (!nsfw) return std::nullopt;
  for (const auto& [word, mask] : words) {
    if (*nsfw == word) {
      list.levels = mask;
      return std::nullopt;
    }
  }
  const auto yes = boolean_word(*nsfw);
  if (!yes) return error_zod("nsfw", "invalid_value", "nsfw not in list");
  list.levels = *yes ? 60 : 1;
  return std::nullopt;
}

Refusal read_words(const Query& query, ImageList& list) {
  list.sort = query.get("sort").value_or("Most Reactions");
  if (!is_one_of(list.sort, civitai::vocabulary::image_sorts()))
    return error_zod("sort", "invalid_value", "not in list");
  if (list.sort == "Random") return error_text(400, "Random needs a collection");
  if (!is_one_of(query.get("period").value_or("AllTime"), civitai::vocabulary::periods())) {
    return error_zod("period", "invalid_value", "period not in list");
  }
  static constexpr std::array<std::string_view, 4> types = {"", "image", "video", "audio"};
  list.type = query.get("type").value_or("");
  if (!is_one_of(list.type, types)) return error_zod("type", "invalid_value", "type not in list");
  if (const auto names = query.get("baseModels")) list.base_models = civitai::split(*names, ',');
  for (const std::string& name : list.base_models) {
    if (!is_one_of(name, civitai::vocabulary::base_models())) {
      return error_zod("baseModels", "invalid_value", "base model not in list");
    }
  }
  return std::nullopt;
}

Refusal read_username(const Context& context, ImageList& list) {
  list.username = context.query().get("username").value_or("");
  if (list.username.empty()) return std::nullopt;
  const auto allowed = [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  if (!std::all_of(list.username.begin(), list.username.end(), allowed)) {
    return error_zod("username", "invalid_format", "letters, digits and _ only");
  }
  for (const Model& model : context.catalogue.models()) {
    if (model.creator && user_slug(*model.creator) == user_slug(list.username)) return std::nullopt;
    for (const Version& version : model.versions) {
      for (const Image& image : version.gallery) {
        if (image.username && user_slug(*image.username) == user_slug(list.username)) return std::nullopt;
      }
    }
  }
  return json_answer(404, Json{{"error", "User not found"}, {"code", "NOT_FOUND"}}.dump());
}

void read_forms(const Query& query, ImageList& list) {
  list.back = list.image_id != 0 || (list.model_id != 0 && list.version_id == 0) ? Back::legacy : Back::index;
  list.only_with_meta = boolean_word(query.get("requiringMeta").value_or("no")).value_or(false);
  if (!boolean_word(query.get("withMeta").value_or("no")).value_or(false)) return;
  const auto flat = boolean_word(query.get("flatMeta").value_or(""));
  list.meta = flat.value_or(list.back == Back::index) ? MetaForm::flat : MetaForm::wrapped;
}

const std::optional<std::string>& author(const Hit& hit) {
  return hit.image->username ? hit.image->username : hit.model->creator;
}

bool is_wanted(const Hit& hit, const ImageList& list) {
  const Image& image = *hit.image;
  if ((image.level & list.levels) == 0) return false;
  if (list.post_id != 0 && image.post_id != list.post_id) return false;
  if (list.version_id != 0 && hit.version->id != list.version_id) return false;
  if (list.back == Back::legacy && list.model_id != 0 && hit.model->id != list.model_id) return false;
  if (list.image_id != 0 && image.id != list.image_id) return false;
  if (!list.type.empty() && image.type != list.type) return false;
  if (list.only_with_meta && image.meta.empty()) return false;
  if (!list.username.empty() && (!author(hit) || user_slug(*author(hit)) != user_slug(list.username))) return false;
  return list.base_models.empty() ||
         std::find(list.base_models.begin(), list.base_models.end(), hit.version->base_model) != list.base_models.end();
}

std::vector<Hit> choose_images(const Catalogue& catalogue, const ImageList& list) {
  std::vector<Hit> rows;
  for (const Model& model : catalogue.models()) {
    if (model.status != "Published" || model.mode == "TakenDown") continue;
    for (const Version& version : model.versions) {
      for (const auto* images : {&version.images, &version.gallery}) {
        for (const Image& image : *images) {
          const Hit hit{.model = &model, .version = &version, .image = &image};
          if (is_wanted(hit, list)) rows.push_back(hit);
        }
      }
    }
  }
  const bool by_likes = list.back == Back::index && list.sort.starts_with("Most");
  const bool by_date = list.back == Back::index && !by_likes;
  const bool ascending = list.sort == "Oldest";
  std::sort(rows.begin(), rows.end(), [&](const Hit& a, const Hit& b) {
    const auto key = [&](const Hit& hit) {
      return std::tuple(by_likes ? hit.image->likes : 0, by_date ? hit.image->created_at : "", hit.image->id);
    };
    return ascending ? key(a) < key(b) : key(b) < key(a);
  });
  return rows;
}

// Index: "offset|timestamp". Legacy: the id of the first image that was not returned, lost under the date sorts.
std::optional<std::size_t> starting_row(const std::vector<Hit>& rows, const ImageList& list, bool drops_one) {
  if (list.page) return list.back == Back::legacy ? static_cast<std::size_t>(*list.page - 1) * list.limit : 0;
  if (!list.cursor) return 0;
  const auto number = civitai::parse_integer(civitai::split(*list.cursor, '|')[0]);
  if (!number || *number < 0) return std::nullopt;
  if (list.back == Back::index) return static_cast<std::size_t>(*number);
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Hit& hit) { return hit.image->id == *number; });
  return static_cast<std::size_t>(found - rows.begin()) + (drops_one && found != rows.end() ? 1 : 0);
}

Json metadata_for(const Context& context, const ImageList& list, const std::vector<Hit>& rows, std::size_t next) {
  if (next >= rows.size()) return Json::object();
  if (list.page) {
    return {{"currentPage", *list.page},
            {"pageSize", list.limit},
            {"nextPage", echoed_link(context, {"page"}, {{"page", format("{}", *list.page + 1)}})}};
  }
  const auto stamp = context.world.now().time_since_epoch().count();
  const std::int64_t id = rows[next].image->id;
  const Json cursor = list.back == Back::legacy ? Json(id) : Json(format("{}|{}", next, stamp));
  const std::string text = cursor.is_string() ? cursor.get<std::string>() : cursor.dump();
  return {{"nextCursor", cursor}, {"nextPage", echoed_link(context, {"cursor"}, {{"cursor", text}})}};
}

}  // namespace

Answer list_images(const Context& context) {
  ImageList list;
  const Query& query = context.query();
  if (auto refusal = read_numbers(query, list)) return std::move(*refusal);
  if (auto refusal = read_levels(query, list)) return std::move(*refusal);
  if (auto refusal = read_words(query, list)) return std::move(*refusal);
  if (auto refusal = read_username(context, list)) return std::move(*refusal);
  read_forms(query, list);

  const std::vector<Hit> rows = choose_images(context.catalogue, list);
  const auto start = starting_row(rows, list, context.options.newest_drops_one);
  if (!start) return error_message(400, "Invalid cursor");
  const std::size_t cap = context.options.page_size_cap == 0 ? list.limit : context.options.page_size_cap;
  const std::size_t first = std::min(*start, rows.size());
  const std::size_t next = first + std::min({list.limit, cap, rows.size() - first});
  const DocumentSettings settings = context.settings(context.asked_origin());
  Json items = Json::array();
  for (std::size_t i = first; i < next; ++i) items.push_back(image_document(settings, rows[i], list.meta));
  Answer answer = document_answer({{"items", std::move(items)}, {"metadata", metadata_for(context, list, rows, next)}});
  answer.subject = {.model_id = list.model_id, .version_id = list.version_id};
  return answer;
}

}  // namespace standin
