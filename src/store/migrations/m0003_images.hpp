// Migration 3: the archive of images.
#pragma once

#include <string_view>

namespace civitai::store {

inline constexpr std::string_view m0003_images = R"sql(
CREATE TABLE images (
  id         INTEGER PRIMARY KEY CHECK (id > 0),  -- the site's
  path       TEXT NOT NULL,  -- absolute; where it was saved
  size       INTEGER NOT NULL CHECK (size >= 0),  -- bytes
  media_type TEXT NOT NULL,  -- as announced: image, video, audio
  username   TEXT NOT NULL,
  base_model TEXT NOT NULL,
  level      INTEGER NOT NULL,
  post_id    INTEGER,
  version_id INTEGER,
  created_at INTEGER,
  saved_at   INTEGER NOT NULL,
  json_gzip  BLOB  -- as received
) STRICT;
CREATE INDEX images_by_path ON images (path);
)sql";

}  // namespace civitai::store
