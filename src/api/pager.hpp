// Walking a model list to its end, whatever the site says on the way.
//
// The end is "no next cursor", never a short or empty page. A cursor that comes back, a long run of pages without a
// model that was not seen before, and a cursor that the site itself does not accept any more end the walk too, with a
// notice that the list may be incomplete. A tag that the site does not know gives nothing, and a notice.
#pragma once

#include "api/client.hpp"

#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace civitai::api {

class ModelPager {
 public:
  ModelPager(Client& client, const ModelQuery& query, ModelPass pass);

  // The next page; nullopt at the end.
  [[nodiscard]] Result<std::optional<ModelPage>> next(const std::stop_token& stop);

  [[nodiscard]] int pages() const { return pages_; }
  // What makes it doubtful that the walk saw everything; one sentence each.
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

 private:
  [[nodiscard]] bool ignores_tag(const ModelPage& page) const;
  void count_news(const ModelPage& page);
  void advance(const ModelPage& page);
  void give_up(std::string why);

  Client& client_;
  const ModelQuery& query_;
  ModelPass pass_;
  std::optional<net::Url> next_;
  std::set<std::string> cursors_seen_;
  int pages_ = 0;
  std::unordered_set<ModelId> models_seen_;
  int without_news_ = 0;  // pages in a row
  std::vector<std::string> notices_;
};

}  // namespace civitai::api
