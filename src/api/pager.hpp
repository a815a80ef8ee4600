// Walking the site's lists of models and of images to their end (api/page_walk.hpp says what an end is). A tag that the
// site does not know gives nothing, and a notice.
#pragma once

#include "api/client.hpp"
#include "api/page_walk.hpp"

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace civitai::api {

class ModelPager {
 public:
  ModelPager(Client& client, const ModelQuery& query, ModelPass pass);

  // The next page; nullopt at the end.
  [[nodiscard]] Result<std::optional<ModelPage>> next(const std::stop_token& stop);

  [[nodiscard]] int pages() const { return walk_.pages(); }
  // What makes it doubtful that the walk saw everything; one sentence each.
  [[nodiscard]] const std::vector<std::string>& notices() const { return walk_.notices(); }
  // Whether the walk was given up before the list's end.
  [[nodiscard]] bool gave_up() const { return walk_.gave_up(); }

 private:
  [[nodiscard]] bool ignores_tag(const ModelPage& page) const;

  Client& client_;
  const ModelQuery& query_;
  ModelPass pass_;
  PageWalk walk_;
  std::unordered_set<ModelId> models_seen_;
};

class ImagePager {
 public:
  ImagePager(Client& client, ImageQuery query);

  // As for models.
  [[nodiscard]] Result<std::optional<ImagePage>> next(const std::stop_token& stop);
  [[nodiscard]] int pages() const { return walk_.pages(); }
  [[nodiscard]] bool gave_up() const { return walk_.gave_up(); }
  [[nodiscard]] const std::vector<std::string>& notices() const { return walk_.notices(); }

 private:
  Client& client_;
  ImageQuery query_;
  PageWalk walk_;
  std::unordered_set<ImageId> images_seen_;
};

}  // namespace civitai::api
