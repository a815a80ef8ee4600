#include "base/format.hpp"
#include "base/text.hpp"
#include "site/documents.hpp"
#include "site/effects.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace standin {
namespace {

// Changes the list in the answer's body; answers that hold no list stay as they are.
template <class Change>
void change_page(Stage& stage, Change change) {
  Json page = Json::parse(stage.answer.text, nullptr, false);
  if (!page.is_object() || !page.contains("items") || !page["items"].is_array()) return;
  if (!page.contains("metadata")) page["metadata"] = Json::object();
  change(page);
  stage.answer.text = page.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <void (*change)(Json& page)>
void simple(Stage& stage) {
  change_page(stage, [](Json& page) { change(page); });
}

void empty(Json& page) { page["items"] = Json::array(); }

void shorten(Json& page) {
  Json& items = page["items"];
  const std::size_t kept = (items.size() + 1) / 2;
  while (items.size() > kept) items.erase(items.size() - 1);
}

void drop_first(Json& page) {
  if (!page["items"].empty()) page["items"].erase(0);
}

void nextpage_only(Json& page) { page["metadata"].erase("nextCursor"); }

void cursor_null(Json& page) {
  page["metadata"]["nextCursor"] = nullptr;
  page["metadata"].erase("nextPage");
}

void cursor_number(Json& page) {
  Json& metadata = page["metadata"];
  if (!metadata.contains("nextCursor") || !metadata["nextCursor"].is_string()) return;
  const auto parts = civitai::split(metadata["nextCursor"].get<std::string>(), '|');
  metadata["nextCursor"] = civitai::parse_integer(parts.back()).value_or(1);
}

void cursor_text(Json& page) {
  Json& metadata = page["metadata"];
  if (metadata.contains("nextCursor") && metadata["nextCursor"].is_number()) {
    metadata["nextCursor"] = metadata["nextCursor"].dump();
  }
}

void set_cursor(const Stage& stage, Json& page, const std::string& cursor) {
  Json& metadata = page["metadata"];
  metadata["nextCursor"] = cursor;
  metadata["nextPage"] =
      civitai::format("{}{}?cursor={}", stage.world.urls.api, stage.request.path, percent_encode(cursor));
}

void same_cursor(Stage& stage) {
  const auto asked = stage.request.query.get("cursor");
  if (asked) change_page(stage, [&](Json& page) { set_cursor(stage, page, *asked); });
}

// Remembers the first two cursors given out; who comes with the second gets the first again.
void cursor_cycle(Stage& stage) {
  change_page(stage, [&](Json& page) {
    const Json& metadata = page["metadata"];
    const bool has_text = metadata.contains("nextCursor") && metadata["nextCursor"].is_string();
    const std::string given = has_text ? metadata["nextCursor"].get<std::string>() : "";
    const std::string next = stage.memory.with([&](std::vector<std::string>& cursors) {
      if (cursors.size() == 2 && stage.request.query.get("cursor") == cursors[1]) return cursors[0];
      const bool known = std::find(cursors.begin(), cursors.end(), given) != cursors.end();
      if (cursors.size() < 2 && !given.empty() && !known) cursors.push_back(given);
      return given;
    });
    if (!next.empty()) set_cursor(stage, page, next);
  });
}

void elsewhere(Stage& stage) {
  const std::string host = stage.text("http://elsewhere.invalid");
  change_page(stage, [&](Json& page) {
    Json& metadata = page["metadata"];
    if (!metadata.contains("nextPage")) return;
    const auto link = metadata["nextPage"].get<std::string>();
    metadata["nextPage"] = host + link.substr(link.find('/', link.find("//") + 2));
  });
}

// The last item of the page before comes once more.
void duplicate(Stage& stage) {
  change_page(stage, [&](Json& page) {
    Json& items = page["items"];
    const std::string before = stage.memory.with([&](std::vector<std::string>& last) {
      const std::string kept = last.empty() ? std::string{} : last.back();
      if (!items.empty()) last = {items.back().dump()};
      return kept;
    });
    if (!before.empty()) items.insert(items.begin(), Json::parse(before));
  });
}

constexpr std::array<Effect, 15> page_table = {{
    {"empty-page", "", "no items, but the cursor goes on", simple<empty>},
    {"short-page", "", "half of the items, but the cursor goes on", simple<shorten>},
    {"same-cursor", "", "the cursor asked with comes back", same_cursor},
    {"cursor-cycle", "", "the second cursor leads back to the first", cursor_cycle},
    {"cursor-number", "", "the cursor is a JSON number", simple<cursor_number>},
    {"cursor-string", "", "a number cursor is a JSON text", simple<cursor_text>},
    {"cursor-null", "", "the cursor is null", simple<cursor_null>},
    {"no-metadata", "", "`metadata` is missing", simple<[](Json& page) { page.erase("metadata"); }>},
    {"nextpage-only", "", "`nextPage` without `nextCursor`", simple<nextpage_only>},
    {"nextpage-elsewhere", "[ORIGIN]", "`nextPage` on another host", elsewhere},
    {"drop-first-item", "", "the first item of the page is missing", simple<drop_first>},
    {"duplicate-item", "", "the last item of the page before comes again", duplicate},
    {"total-zero", "", "`totalItems` is 0", simple<[](Json& page) { page["metadata"]["totalItems"] = 0; }>},
    {"items-absent", "", "`items` is missing", simple<[](Json& page) { page.erase("items"); }>},
    {"items-null", "", "`items` is null", simple<[](Json& page) { page["items"] = nullptr; }>},
}};

}  // namespace

std::span<const Effect> page_effects() { return page_table; }

}  // namespace standin
