#include "api/page_walk.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <utility>

namespace civitai::api {
namespace {

// Rows are filtered after being fetched, so empty pages with a cursor are ordinary; this many in a row are not. Pages
// that only repeat what was there count as empty: a list that brings nothing new must end, whatever cursors it has.
constexpr int longest_run_without_news = 20;

}  // namespace

void PageWalk::came(int damaged) {
  ++pages_;
  if (damaged > 0) notices_.push_back(format("page {}: {} left out", pages_, counted(damaged, "unreadable item")));
}

void PageWalk::go_on(const std::optional<std::string>& cursor, const std::optional<std::string>& page, News news,
                     const UrlOf& url_of) {
  without_news_ = news == News::some ? 0 : without_news_ + 1;
  next_.reset();
  if (!cursor && !page) return;
  if (!cursors_seen_.insert(cursor ? *cursor : *page).second) return give_up("the site sent the same cursor twice");
  if (without_news_ >= longest_run_without_news) {
    return give_up(format("the site sent {} pages in a row without a new {}", without_news_, noun_));
  }
  if (cursor) {
    next_ = url_of(*cursor);
    return;
  }
  auto url = net::Url::parse(*page);
  if (!url || !is_api_host(site_, *url)) return give_up("the next page lies on another host");
  next_ = std::move(*url);
}

bool PageWalk::ends_with(const Error& error) {
  if (error.kind != ErrorKind::usage || pages_ == 0) return false;
  doubt("the site does not accept its own cursor any more");
  return true;
}

void PageWalk::end(std::string notice) {
  next_.reset();
  notices_.push_back(std::move(notice));
}

void PageWalk::give_up(std::string_view why) {
  gave_up_ = true;
  doubt(why);
}

void PageWalk::doubt(std::string_view why) { end(format("{} after page {}: the list may be incomplete", why, pages_)); }

}  // namespace civitai::api
