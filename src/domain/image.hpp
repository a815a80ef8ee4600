// What people have posted: pictures, videos and sounds, as the site lists them. Pure values.
#pragma once

#include "base/clock.hpp"
#include "domain/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace civitai {

// The content levels of the site, one bit each.
inline constexpr int every_level = 31;  // PG 1, PG-13 2, R 4, X 8, XXX 16; 32 is blocked

// The bits that "PG,R,XXX" or "21" means; nullopt for other words, for no level and for bits beyond these.
[[nodiscard]] std::optional<int> browsing_level_from(std::string_view text);

struct Image {
  ImageId id;
  std::string url;         // of the bytes as they were posted; its extension may be wrong
  std::string media_type;  // "image", "video", "audio"
  std::string username;    // empty: not known
  std::string base_model;  // empty: not known
  int level = 0;           // one of the bits above; 0: not known
  int width = 0;           // pixels; 0: not known
  PostId post_id;
  std::vector<VersionId> version_ids;
  std::optional<SystemTime> created_at;
  std::string raw;  // its JSON exactly as received
};

}  // namespace civitai
