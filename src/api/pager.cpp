#include "api/pager.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace civitai::api {
namespace {

// Rows are filtered after being fetched, so empty pages with a cursor are ordinary; this many in a row are not. Pages
// that only repeat models count as empty: a list that brings nothing new must end, whatever cursors it has.
constexpr int longest_run_without_news = 20;

}  // namespace

ModelPager::ModelPager(Client& client, const ModelQuery& query, ModelPass pass)
    : client_(client), query_(query), pass_(std::move(pass)) {
  next_ = models_url(client_.site().base, query_, pass_, std::nullopt);
}

Result<std::optional<ModelPage>> ModelPager::next(const std::stop_token& stop) {
  if (!next_) return std::optional<ModelPage>{};
  auto page = client_.models(*next_, pages_ + 1, stop);
  const bool own_cursor_refused = !page && page.error().kind == ErrorKind::usage && pages_ > 0;
  if (own_cursor_refused) {
    give_up("the site does not accept its own cursor any more");
    return std::optional<ModelPage>{};
  }
  if (!page) return fail(page.error());
  ++pages_;
  if (page->damaged > 0)
    notices_.push_back(format("page {}: {} left out", pages_, counted(page->damaged, "unreadable item")));
  if (pages_ == 1 && ignores_tag(*page)) {
    notices_.push_back(format("the site does not know the tag '{}'", printable(pass_.tag)));
    next_.reset();
    return std::optional(ModelPage{});
  }
  count_news(*page);
  advance(*page);
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

void ModelPager::count_news(const ModelPage& page) {
  bool news = false;
  for (const Model& model : page.models) news = models_seen_.insert(model.id).second || news;
  without_news_ = news ? 0 : without_news_ + 1;
}

void ModelPager::advance(const ModelPage& page) {
  next_.reset();
  if (!page.next_cursor && !page.next_page) return;
  const std::string& token = page.next_cursor ? *page.next_cursor : *page.next_page;
  if (!cursors_seen_.insert(token).second) return give_up("the site sent the same cursor twice");
  if (without_news_ >= longest_run_without_news) {
    return give_up(format("the site sent {} pages in a row without a new model", without_news_));
  }
  if (page.next_cursor) {
    next_ = models_url(client_.site().base, query_, pass_, page.next_cursor);
    return;
  }
  auto url = net::Url::parse(*page.next_page);
  if (!url || !is_api_host(client_.site(), *url)) return give_up("the next page lies on another host");
  next_ = std::move(*url);
}

void ModelPager::give_up(std::string why) {
  next_.reset();
  notices_.push_back(format("{} after page {}: the list may be incomplete", why, pages_));
}

}  // namespace civitai::api
