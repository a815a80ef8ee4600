#include "api/pager.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace civitai::api {
namespace {

// Notes the ids of a page; whether one of them is new.
template <class Item, class Id>
PageWalk::News note_ids(const std::vector<Item>& items, std::unordered_set<Id>& seen) {
  bool news = false;
  for (const Item& item : items) news = seen.insert(item.id).second || news;
  return news ? PageWalk::News::some : PageWalk::News::none;
}

}  // namespace

ModelPager::ModelPager(Client& client, const ModelQuery& query, ModelPass pass)
    : client_(client),
      query_(query),
      pass_(std::move(pass)),
      walk_(client.site(), "model", models_url(client.site().base, query_, pass_, std::nullopt)) {}

Result<std::optional<ModelPage>> ModelPager::next(const std::stop_token& stop) {
  if (!walk_.next()) return std::optional<ModelPage>{};
  auto page = client_.models(*walk_.next(), walk_.pages() + 1, stop);
  if (!page && walk_.ends_with(page.error())) return std::optional<ModelPage>{};
  if (!page) return fail(page.error());
  walk_.came(page->damaged);
  if (walk_.pages() == 1 && ignores_tag(*page)) {
    walk_.end(format("the site does not know the tag '{}'", printable(pass_.tag)));
    return std::optional(ModelPage{});
  }
  walk_.go_on(page->next_cursor, page->next_page, note_ids(page->models, models_seen_),
              [&](const std::string& cursor) { return models_url(client_.site().base, query_, pass_, cursor); });
  return std::optional(std::move(*page));
}

// Whether the site has dropped the tag without a word and lists everything.
bool ModelPager::ignores_tag(const ModelPage& page) const {
  if (pass_.tag.empty() || page.models.empty()) return false;
  const auto has_tag = [&](const Model& model) {
    return std::any_of(model.tags.begin(), model.tags.end(),
                       [&](const std::string& tag) { return equal_ignoring_case(trim(tag), trim(pass_.tag)); });
  };
  return std::none_of(page.models.begin(), page.models.end(), has_tag);
}

ImagePager::ImagePager(Client& client, ImageQuery query)
    : client_(client),
      query_(std::move(query)),
      walk_(client.site(), "image", images_url(client.site().base, query_, std::nullopt)) {}

Result<std::optional<ImagePage>> ImagePager::next(const std::stop_token& stop) {
  if (!walk_.next()) return std::optional<ImagePage>{};
  auto page = client_.images(*walk_.next(), walk_.pages() + 1, stop);
  if (!page && walk_.ends_with(page.error())) return std::optional<ImagePage>{};
  if (!page) return fail(page.error());
  walk_.came(page->damaged);
  walk_.go_on(page->next_cursor, page->next_page, note_ids(page->images, images_seen_),
              [&](const std::string& cursor) { return images_url(client_.site().base, query_, cursor); });
  return std::optional(std::move(*page));
}

}  // namespace civitai::api
