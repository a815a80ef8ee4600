#include "sidecar/gallery.hpp"

#include "json/writer.hpp"
#include "sidecar/gallery_grid.hpp"
#include "sidecar/gallery_style.hpp"
#include "sidecar/gallery_viewer.hpp"

#include <utility>

namespace civitai::sidecar {
namespace {

// Nothing from elsewhere: a folder may be full of what strangers wrote.
constexpr std::string_view head = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="civitai-downloader">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; media-src 'self' file:;
 style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>Gallery</title>
<style>)html";

constexpr std::string_view body = R"html(</style>
</head>
<body>
<header>
<h1>Gallery</h1>
<input id="search" type="search" placeholder="Search prompts, authors, settings   ( / )" aria-label="Search">
<select id="level" aria-label="Highest level">
<option value="99">all levels</option>
<option value="1">up to PG</option>
<option value="2">up to PG-13</option>
<option value="4">up to R</option>
<option value="8">up to X</option>
</select>
<span id="count" role="status"></span>
</header>
<noscript><p>This page needs JavaScript to show the pictures beside it.</p></noscript>
<main id="grid"></main>
<p id="none" hidden>nothing matches</p>
<div id="end"></div>
<dialog id="viewer">
<div id="stage"></div>
<div id="facts"><div id="bar">
<button id="previous" type="button" aria-label="Previous">←</button>
<button id="next" type="button" aria-label="Next">→</button>
<button id="copy" type="button">Copy prompt</button>
<button id="close" class="wide" type="button" aria-label="Close">✕</button>
</div></div>
</dialog>
<script id="entries" type="application/json">)html";

constexpr std::string_view tail = R"html(</script>
</body>
</html>
)html";

json::Object entry_json(const GalleryEntry& entry) {
  json::Array settings;
  for (const auto& [name, value] : entry.settings) {
    json::Object setting;
    setting.set("name", name).set("value", value);
    settings.add(std::move(setting));
  }
  json::Object object;
  object.set("id", entry.id.value).set("path", entry.relative_path).set("moving", entry.moving);
  object.set("username", entry.username).set("base_model", entry.base_model).set("level", entry.level);
  object.set("created_at", entry.created_at).set("page_url", entry.page_url);
  object.set("prompt", entry.prompt).set("negative_prompt", entry.negative_prompt);
  object.set("settings", std::move(settings));
  return object;
}

// JSON that cannot end the element it stands in: the characters of markup occur in its strings alone.
std::string inert(std::string_view json) {
  std::string text;
  text.reserve(json.size() + json.size() / 16);
  for (const char c : json) {
    switch (c) {
      case '&': text += "\\u0026"; break;
      case '<': text += "\\u003c"; break;
      case '>': text += "\\u003e"; break;
      default: text += c;
    }
  }
  return text;
}

}  // namespace

std::string gallery_page(std::span<const GalleryEntry> entries) {
  json::Array array;
  for (const GalleryEntry& entry : entries) array.add(entry_json(entry));
  json::Object facts;
  facts.set("entries", std::move(array));
  std::string page(head);
  page.append(gallery_style).append(body).append(inert(facts.text(-1)));
  page.append("</script>\n<script>\n\"use strict\";\n{").append(gallery_grid).append(gallery_viewer);
  return page.append("}\n").append(tail);
}

bool is_gallery_page(std::string_view text) {
  constexpr std::string_view mark = R"(<meta name="generator" content="civitai-downloader">)";
  constexpr std::size_t where_heads_end = 1024;
  return text.substr(0, where_heads_end).find(mark) != std::string_view::npos;
}

}  // namespace civitai::sidecar
