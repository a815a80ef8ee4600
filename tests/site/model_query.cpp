#include "site/model_query.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "domain/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace standin {
namespace {

using civitai::format;
namespace vocabulary = civitai::vocabulary;

using Refusal = std::optional<Answer>;

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Every value of a comma list that may also be repeated.
std::vector<std::int64_t> id_list(const Query& query, std::string_view name) {
  std::vector<std::int64_t> ids;
  for (const std::string& value : query.all(name)) {
    for (const std::string& part : civitai::split(value, ',')) {
      if (const auto id = civitai::parse_integer(part)) ids.push_back(*id);
    }
  }
  return ids;
}

Refusal read_paging(const Context& context, ModelList& list) {
  const Query& query = context.query();
  if (const auto limit = query.get("limit")) {
    const auto number = limit->empty() ? 0 : civitai::parse_integer(*limit);
    if (!number) return error_zod("limit", "invalid_type", "a number was expected");
    if (*number < 0) return error_zod("limit", "too_small", "limit below 0");
    if (*number > 100) return error_zod("limit", "too_big", "limit above 100");
    list.limit = static_cast<std::size_t>(*number);
  }
  list.cursor = query.get("cursor");
  if (const auto page = query.get("page")) {
    const auto number = civitai::parse_integer(*page);
    if (!number) return error_zod("page", "invalid_type", "a number was expected");
    if (*number < 1) return error_zod("page", "too_small", "page below 1");
    if (!list.cursor) list.page = *number;
  }
  list.query = query.get("query").value_or("");
  if (list.page && !list.query.empty()) return error_text(400, "page cannot be combined with query, use cursor");
  if (list.page && *list.page * static_cast<std::int64_t>(list.limit) > 1000) {
    return error_text(429, "too many pages requested, use cursors");
  }
  return std::nullopt;
}

// Parameters that the site types as something that text can never be.
Refusal refuse_untypable(const Query& query) {
  static constexpr std::array<std::string_view, 10> names = {
      "allowNoCredit", "allowDerivatives", "allowDifferentLicense", "browsingLevel",  "collectionId", "pending",
      "isFeatured",    "disablePoi",       "disableMinor",          "collectionTagId"};
  for (const std::string_view name : names) {
    if (query.has(name)) return error_zod(name, "invalid_type", "not a text");
  }
  if (query.all("fileFormats").size() == 1) return error_zod("fileFormats", "invalid_type", "an array was expected");
  if (query.all("tag").size() > 1) return error_zod("tag", "invalid_type", "array given");
  return std::nullopt;
}

Refusal read_words(const Query& query, ModelList& list) {
  struct Sort {
    std::string_view name;
    SortKey key;
  };
  static constexpr std::array<Sort, 8> sorts = {{{"Highest Rated", SortKey::rating},
                                                 {"Most Downloaded", SortKey::downloads},
                                                 {"Most Liked", SortKey::rating},
                                                 {"Most Discussed", SortKey::comments},
                                                 {"Most Collected", SortKey::rating},
                                                 {"Most Images", SortKey::comments},
                                                 {"Newest", SortKey::date},
                                                 {"Oldest", SortKey::date}}};
  const std::string sort = query.get("sort").value_or("Highest Rated");
  const auto* found = std::find_if(sorts.begin(), sorts.end(), [&](const Sort& one) { return one.name == sort; });
  if (found == sorts.end()) return error_zod("sort", "invalid_value", "sort not in list");
  list.sort = found->key;
  list.ascending = sort == "Oldest";
  list.period = query.get("period").value_or("AllTime");
  if (!is_one_of(list.period, vocabulary::periods())) return error_zod("period", "invalid_value", "period not in list");
  list.checkpoint_type = query.get("checkpointType").value_or("");
  static constexpr std::array<std::string_view, 3> checkpoint_types = {"", "Trained", "Merge"};
  if (!is_one_of(list.checkpoint_type, checkpoint_types)) {
    return error_zod("checkpointType", "invalid_value", "checkpointType not in list");
  }
  list.types = query.all("types");
  for (const std::string& type : list.types) {
    if (!is_one_of(type, vocabulary::model_types())) return error_zod("types", "invalid_value", "type not in list");
  }
  return std::nullopt;
}

Refusal read_switches(const Context& context, ModelList& list) {
  const Query& query = context.query();
  if (const auto nsfw = query.get("nsfw")) {
    list.nsfw = boolean_word(*nsfw);
    if (!list.nsfw) return error_zod("nsfw", "invalid_type", "a boolean was expected");
  }
  if (const auto primary = query.get("primaryFileOnly")) list.primary_only = boolean_word(*primary).value_or(false);
  // The mere presence of these asks who is calling.
  const bool asks_for_own = query.has("favorites") || query.has("hidden") || query.get("availability") == "Private";
  if (asks_for_own && !context.caller.signed_in()) return error_text(401, "Unauthorized");
  // Any text that is not empty is true, "false" included.
  list.archived = !query.get("archived").value_or("").empty();
  list.early_access = !query.get("earlyAccess").value_or("").empty();
  return std::nullopt;
}

bool tag_exists(const Catalogue& catalogue, const std::string& tag) {
  const auto has_it = [&](const Model& model) {
    return std::any_of(model.tags.begin(), model.tags.end(),
                       [&](const std::string& one) { return civitai::equal_ignoring_case(one, tag); });
  };
  return std::any_of(catalogue.models().begin(), catalogue.models().end(), has_it);
}

Refusal read_filters(const Context& context, ModelList& list) {
  const Query& query = context.query();
  list.tag = query.get("tag").value_or("");
  if (!list.tag.empty() && !tag_exists(context.catalogue, list.tag)) list.tag.clear();
  list.base_models = query.all("baseModels");
  list.ids = id_list(query, "ids");
  list.version_ids = id_list(query, "modelVersionIds");
  if (const auto username = query.get("username"); username && !username->empty()) {
    list.username = user_slug(*username);
    const auto is_theirs = [&](const Model& model) {
      return model.creator && user_slug(*model.creator) == list.username;
    };
    const auto& models = context.catalogue.models();
    if (std::none_of(models.begin(), models.end(), is_theirs)) return error_message(404, "User not found");
  }
  return std::nullopt;
}

std::string newest_date(const Model& model) {
  std::string newest;
  for (const Version* version : shown_versions(model)) {
    if (version->published_at != "-") newest = std::max(newest, version->published_at);
  }
  const auto time = civitai::parse_iso8601(newest);
  if (!time) return {};
  std::string text = civitai::to_iso8601(*time);
  text[10] = ' ';
  text.pop_back();
  return text;
}

template <class Values, class Test>
bool empty_or_any(const Values& values, Test test) {
  return values.empty() || std::any_of(values.begin(), values.end(), test);
}

bool has_version(const Model& model, const ModelList& list) {
  if (list.base_models.empty() && list.version_ids.empty() && !list.early_access) return true;
  const auto versions = shown_versions(model);
  const auto any_version = [&](auto test) { return std::any_of(versions.begin(), versions.end(), test); };
  return empty_or_any(list.base_models,
                      [&](const std::string& name) {
                        return any_version([&](const Version* version) { return version->base_model == name; });
                      }) &&
         empty_or_any(list.version_ids,
                      [&](std::int64_t id) { return any_version([&](const Version* v) { return v->id == id; }); }) &&
         (!list.early_access || any_version([](const Version* version) { return version->paid_access.has_value(); }));
}

bool is_listed(const Model& model, const ModelList& list) {
  if (model.status != "Published" || model.level == 0 || model.poi || model.availability == "Unsearchable")
    return false;
  const bool all_levels = list.nsfw.value_or(false);
  if (!all_levels && (model.level & 1) == 0) return false;
  if (all_levels && model.minor) return false;
  return (model.mode == "Archived") <= list.archived;
}

bool is_wanted(const Model& model, const ModelList& list) {
  const auto is_tag = [&](const std::string& tag) { return civitai::equal_ignoring_case(tag, list.tag); };
  if (!is_listed(model, list) || !has_version(model, list)) return false;
  if (!empty_or_any(list.types, [&](const std::string& type) { return type == model.type; })) return false;
  if (!empty_or_any(list.ids, [&](std::int64_t id) { return id == model.id; })) return false;
  if (!list.tag.empty() && std::none_of(model.tags.begin(), model.tags.end(), is_tag)) return false;
  if (!list.username.empty() && (!model.creator || user_slug(*model.creator) != list.username)) return false;
  if (!list.checkpoint_type.empty() && model.checkpoint_type != list.checkpoint_type) return false;
  return list.query.empty() || civitai::contains_ignoring_case(model.name, list.query);
}

Ranked ranked(const Model& model, SortKey sort) {
  const std::int64_t downloads = model.downloads.value_or(0);
  if (sort == SortKey::date) return {.model = &model, .date = newest_date(model)};
  if (sort == SortKey::downloads) return {.model = &model, .first = downloads, .second = model.likes};
  if (sort == SortKey::comments) return {.model = &model, .first = model.comments, .second = model.likes};
  return {.model = &model, .first = model.likes, .second = downloads};
}

}  // namespace

std::string user_slug(std::string_view name) {
  std::string slug;
  bool blank_seen = false;
  for (const char c : name) {
    if (c == ' ' && !blank_seen) {
      blank_seen = true;
      slug += '_';
    } else if (c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0) {
      slug += c;
    }
  }
  return civitai::to_lower(slug);
}

std::variant<ModelList, Answer> read_model_list(const Context& context) {
  ModelList list;
  for (const auto& read :
       {read_paging, +[](const Context& c, ModelList&) { return refuse_untypable(c.query()); },
        +[](const Context& c, ModelList& l) { return read_words(c.query(), l); }, read_switches, read_filters}) {
    if (Refusal refusal = read(context, list)) return std::move(*refusal);
  }
  return list;
}

std::vector<Ranked> choose_models(const Context& context, const ModelList& list) {
  std::vector<Ranked> chosen;
  for (const Model& model : context.catalogue.models()) {
    if (is_wanted(model, list)) chosen.push_back(ranked(model, list.sort));
  }
  const auto before = [&](const Ranked& a, const Ranked& b) {
    const auto key = [](const Ranked& one) { return std::tie(one.date, one.first, one.second, one.model->id); };
    return list.ascending ? key(a) < key(b) : key(b) < key(a);
  };
  std::sort(chosen.begin(), chosen.end(), before);
  return chosen;
}

}  // namespace standin
