#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "site/api.hpp"
#include "site/model_query.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace standin {
namespace {

using civitai::format;

std::string cursor_for(const Ranked& row, SortKey sort) {
  if (sort == SortKey::date) return format("{}|{}", row.date, row.model->id);
  return format("{}|{}|{}", row.first, row.second, row.model->id);
}

struct Start {
  std::size_t index = 0;
  std::optional<Answer> refusal = {};
};

Start refuse_arity(std::size_t wanted, std::size_t got) {
  return {.refusal = error_message(400, format("Invalid cursor: wanted {} values, got {}", wanted, got))};
}

// The first row at or behind the cursor. Under the date sorts the site compares strictly although the cursor names a
// row that was not returned yet: that row is lost.
Start find_start(const std::vector<Ranked>& rows, const ModelList& list, bool drops_one) {
  const std::vector<std::string> parts = civitai::split(*list.cursor, '|');
  const std::size_t wanted = list.sort == SortKey::date ? 2 : 3;
  if (parts.size() != wanted) return refuse_arity(wanted, parts.size());
  Ranked at;
  const auto id = civitai::parse_integer(parts.back());
  if (!id) return refuse_arity(wanted, 0);
  if (list.sort == SortKey::date) {
    if (!civitai::parse_iso8601(parts[0])) return {.refusal = error_message(400, "Invalid cursor: not a date")};
    at.date = parts[0];
  } else {
    const auto first = civitai::parse_integer(parts[0]);
    const auto second = civitai::parse_integer(parts[1]);
    if (!first || !second) return refuse_arity(wanted, 1);
    at.first = *first;
    at.second = *second;
  }
  const auto wanted_key = std::tuple(at.date, at.first, at.second, *id);
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Ranked& row) {
    const auto key = std::tuple(row.date, row.first, row.second, row.model->id);
    return list.ascending ? key >= wanted_key : key <= wanted_key;
  });
  const bool strict = drops_one && list.sort == SortKey::date;
  auto index = static_cast<std::size_t>(found - rows.begin());
  if (strict && found != rows.end() && found->model->id == *id) ++index;
  return {.index = index};
}

Start starting_row(const std::vector<Ranked>& rows, const ModelList& list, bool drops_one) {
  if (list.page) return {.index = static_cast<std::size_t>(*list.page - 1) * list.limit};
  if (!list.cursor) return {};
  if (list.query.empty()) return find_start(rows, list, drops_one);
  const auto offset = civitai::parse_integer(*list.cursor);
  if (!offset || *offset < 0) return {.refusal = error_message(400, "Invalid cursor: not an offset")};
  return {.index = static_cast<std::size_t>(*offset)};
}

// Whether the model's newest version lies within the period that ends now.
bool within_period(const Ranked& row, const std::string& period, civitai::SystemTime now) {
  static constexpr std::pair<std::string_view, int> days[] = {{"Day", 1}, {"Week", 7}, {"Month", 30}, {"Year", 365}};
  for (const auto& [name, count] : days) {
    if (period != name) continue;
    for (const Version* version : shown_versions(*row.model)) {
      const auto time = civitai::parse_iso8601(version->published_at);
      if (time && *time > now - std::chrono::hours(24 * count)) return true;
    }
    return false;
  }
  return true;
}

Json metadata_for(const Context& context, const ModelList& list, const std::vector<Ranked>& rows, std::size_t next) {
  Json metadata = Json::object();
  if (next < rows.size()) {
    const std::string cursor = list.query.empty() ? cursor_for(rows[next], list.sort) : format("{}", next);
    metadata["nextCursor"] = cursor;
    metadata["nextPage"] = echoed_link(context, {"cursor"}, {{"cursor", cursor}});
  }
  if (list.page) {
    metadata["currentPage"] = *list.page;
    metadata["pageSize"] = list.limit;
  }
  return metadata;
}

std::optional<std::int64_t> id_from(const std::string& text) {
  const auto id = civitai::parse_integer(text);
  return id && *id >= 0 ? id : std::nullopt;
}

}  // namespace

Answer list_models(const Context& context) {
  auto read = read_model_list(context);
  if (auto* refusal = std::get_if<Answer>(&read)) return std::move(*refusal);
  const auto& list = std::get<ModelList>(read);
  std::vector<Ranked> rows = choose_models(context, list);
  const auto now = context.world.now();
  // A search is filtered by period only after its page was cut out, so pages may be empty.
  const bool search = !list.query.empty();
  if (!search) std::erase_if(rows, [&](const Ranked& row) { return !within_period(row, list.period, now); });

  Start start = starting_row(rows, list, context.options.newest_drops_one);
  if (start.refusal) return std::move(*start.refusal);
  const std::size_t cap = context.options.page_size_cap == 0 ? list.limit : context.options.page_size_cap;
  const std::size_t first = std::min(start.index, rows.size());
  const std::size_t next = first + std::min({list.limit, cap, rows.size() - first});

  DocumentSettings settings = context.settings(context.asked_origin());
  settings.all_levels = list.nsfw.value_or(false);
  settings.primary_only = list.primary_only;
  Json items = Json::array();
  for (std::size_t i = first; i < next; ++i) {
    if (search && !within_period(rows[i], list.period, now)) continue;
    items.push_back(list_document(settings, *rows[i].model));
  }
  return document_answer({{"items", std::move(items)}, {"metadata", metadata_for(context, list, rows, next)}});
}

Answer one_model(const Context& context) {
  const auto id = id_from(context.tail);
  if (!id || *id < 1 || *id > std::numeric_limits<std::int32_t>::max()) return error_pretty("id", "invalid id");
  const auto hit = context.catalogue.find_model(*id);
  if (!hit || hit.model->status != "Published" || hit.model->level == 0) {
    return error_text(404, format("No model with id {}", *id));
  }
  const std::string& configured = context.options.configured_url;
  Answer answer = document_answer(
      single_document(context.settings(configured.empty() ? context.world.urls.api : configured), *hit.model));
  answer.subject.model_id = *id;
  return answer;
}

Answer one_version(const Context& context) {
  const auto id = id_from(context.tail);
  if (!id || *id == 0) return error_pretty("id", "invalid id");
  if (*id > std::numeric_limits<std::int32_t>::max()) return error_text(500, "version lookup failed");
  const auto hit = context.catalogue.find_version(*id);
  if (!hit || hit.version->status != "Published" || hit.model->status != "Published" || hit.model->level == 0) {
    return error_text(404, "Model not found");
  }
  if (hit.version->files.empty()) return error_text(404, "Missing model file");
  Answer answer = document_answer(
      version_document(context.settings(context.asked_origin()), *hit.model, *hit.version, VersionForm::plain));
  answer.subject = {.model_id = hit.model->id, .version_id = *id};
  return answer;
}

Answer mini_version(const Context& context) {
  const auto id = id_from(context.tail);
  const auto hit = id ? context.catalogue.find_version(*id) : Catalogue::Hit{};
  if (!hit) return error_text(404, "Model not found");
  const auto wanted = civitai::parse_integer(context.query().get("modelFileId").value_or(""));
  const File* chosen = nullptr;
  for (const File* file : visible_files(*hit.version)) {
    if (wanted ? file->id == *wanted : is_primary(*hit.version, *file)) chosen = file;
  }
  if (chosen == nullptr) return error_text(404, "Missing model file");
  Answer answer = document_answer(mini_document(context.settings(context.asked_origin()), *hit.model, *hit.version,
                                                *chosen, context.options.login));
  answer.subject = {.model_id = hit.model->id, .version_id = *id, .file_id = chosen->id};
  return answer;
}

}  // namespace standin
