// A contact sheet: one web page that shows the pictures of a folder, with prompt and settings on click.
//
// The page is self-contained and works from a file: styles, script and facts stand in it, pictures are loaded lazily
// from the files beside it, and its content policy forbids it every other host. Whatever people wrote reaches the page
// as data and is shown as text, never as markup or script. Pure.
#pragma once

#include "domain/ids.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::sidecar {

struct GalleryEntry {
  ImageId id;
  std::string relative_path;  // from the page's folder, separated by '/'
  bool moving = false;        // a video
  std::string username;
  std::string base_model;
  int level = 0;           // a content level of the site; 0: not known
  std::string created_at;  // ISO 8601; empty: not known
  std::string page_url;    // where a person looks at it on the site
  std::string prompt;
  std::string negative_prompt;
  std::vector<std::pair<std::string, std::string>> settings;  // sampler, seed, …: name and value
};

// The page's HTML, the entries in the order given.
[[nodiscard]] std::string gallery_page(std::span<const GalleryEntry> entries);

// Whether `text` is such a page: the only kind of file that one replaces.
[[nodiscard]] bool is_gallery_page(std::string_view text);

}  // namespace civitai::sidecar
