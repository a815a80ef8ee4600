// From page to page of a list, whatever the site says on the way.
//
// The end is "no next cursor", never a short or empty page. A cursor that comes back, a long run of pages without
// anything new, a next page on another host and a cursor that the site itself does not accept any more end the walk
// too, with a notice that the list may be incomplete.
#pragma once

#include "api/site.hpp"
#include "base/result.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace civitai::api {

class PageWalk {
 public:
  using UrlOf = std::function<net::Url(const std::string& cursor)>;
  enum class News { none, some };

  // `noun` is what the list lists, in the singular.
  PageWalk(const Site& site, std::string noun, net::Url first)
      : site_(site), noun_(std::move(noun)), next_(std::move(first)) {}

  // The page to ask for; nothing at the end.
  [[nodiscard]] const std::optional<net::Url>& next() const { return next_; }
  [[nodiscard]] int pages() const { return pages_; }
  // What makes it doubtful that the walk saw everything; one sentence each.
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }
  // Whether the walk was given up before the list's end. A site that refuses its own cursor has come to its end.
  [[nodiscard]] bool gave_up() const { return gave_up_; }

  // The page has come.
  void came(int damaged);
  // Goes on to what the page names as the next one.
  void go_on(const std::optional<std::string>& cursor, const std::optional<std::string>& page, News news,
             const UrlOf& url_of);
  // Whether the error only means that the site does not know its own cursor any more; then the walk is over.
  [[nodiscard]] bool ends_with(const Error& error);
  void end(std::string notice);

 private:
  void give_up(std::string_view why);
  void doubt(std::string_view why);

  const Site& site_;
  std::string noun_;
  std::optional<net::Url> next_;
  std::set<std::string> cursors_seen_;
  int pages_ = 0;
  int without_news_ = 0;  // pages in a row
  std::vector<std::string> notices_;
  bool gave_up_ = false;
};

}  // namespace civitai::api
