// The cards of the contact sheet, and the search among them. Internal to sidecar/gallery.cpp.
//
// Texts of the entries are put into the page by textContent alone.
#pragma once

#include <string_view>

namespace civitai::sidecar {

inline constexpr std::string_view gallery_grid = R"js(
const entries = JSON.parse(document.getElementById("entries").textContent).entries;
const at = (id) => document.getElementById(id);
const [grid, viewer, stage, facts, search, level, count, none, end] =
  ["grid", "viewer", "stage", "facts", "search", "level", "count", "none", "end"].map(at);
const levels = {1: "PG", 2: "PG-13", 4: "R", 8: "X", 16: "XXX", 32: "blocked"};
const batch = 240;
let shown = entries;
let drawn = 0;
let current = -1;

for (const entry of entries) {
  entry.source = entry.path.split("/").map(encodeURIComponent).join("/");
  entry.sound = /\.mp3$/i.test(entry.path);
  const words = [entry.id, entry.username, entry.base_model, entry.prompt, entry.negative_prompt,
    ...entry.settings.flatMap((setting) => [setting.name, setting.value])];
  entry.words = words.join("\n").toLowerCase();
}

function make(tag, text, name) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
}

// Videos have no lazy loading of their own.
const near = new IntersectionObserver((changes) => {
  for (const change of changes) {
    if (!change.isIntersecting) continue;
    change.target.src = change.target.dataset.source;
    near.unobserve(change.target);
  }
}, {rootMargin: "600px"});

function thumbnail(entry) {
  const moving = entry.moving;
  const picture = make(moving ? "video" : "img");
  if (moving) {
    picture.muted = picture.loop = picture.playsInline = true;
    picture.preload = "metadata";
    picture.dataset.source = entry.source;
    near.observe(picture);
  } else {
    picture.loading = "lazy";
    picture.decoding = "async";
    picture.alt = entry.prompt.slice(0, 120) || `image ${entry.id}`;
    picture.src = entry.source;
  }
  return picture;
}

function card(entry, index) {
  const made = make("button", "", "card");
  made.type = "button";
  made.dataset.index = index;
  if (!entry.sound) {
    const picture = thumbnail(entry);
    picture.addEventListener("error", () => made.classList.add("gone"));
    if (entry.moving) {
      made.addEventListener("mouseenter", () => picture.play().catch(() => {}));
      made.addEventListener("mouseleave", () => picture.pause());
    }
    made.append(picture);
  }
  if (entry.moving || entry.sound) made.append(make("span", entry.sound ? "sound" : "video", "sign"));
  made.append(make("span", entry.username || entry.prompt || `image ${entry.id}`, "name"));
  return made;
}

function draw() {
  const upto = Math.min(drawn + batch, shown.length);
  const made = [];
  while (drawn < upto) made.push(card(shown[drawn], drawn++));
  grid.append(...made);
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const most = Number(level.value);
  shown = entries.filter((entry) => entry.level <= most && words.every((word) => entry.words.includes(word)));
  drawn = 0;
  grid.replaceChildren();
  draw();
  none.hidden = shown.length > 0;
  count.textContent = shown.length === entries.length ? `${entries.length}` : `${shown.length} of ${entries.length}`;
}

)js";

}  // namespace civitai::sidecar
