// One picture of the contact sheet with its facts, and the keyboard. Internal to sidecar/gallery.cpp.
//
// Texts of the entries are put into the page by textContent alone; a link is one only when it leads to a web page.
#pragma once

#include <string_view>

namespace civitai::sidecar {

inline constexpr std::string_view gallery_viewer = R"js(function part(title, ...content) {
  if (content.length) facts.append(make("h2", title), ...content);
}

function table(settings) {
  const made = make("table");
  for (const setting of settings) {
    const row = made.insertRow();
    row.append(make("td", setting.name), make("td", setting.value));
  }
  return made;
}

function tell(entry) {
  const about = [entry.base_model, levels[entry.level], entry.created_at.slice(0, 10)].filter(Boolean).join(" · ");
  facts.replaceChildren(at("bar"), make("strong", entry.username || "unknown author"), make("p", about, "faint"));
  if (/^https?:\/\//.test(entry.page_url)) {
    const link = make("a", `image ${entry.id}`);
    Object.assign(link, {href: entry.page_url, target: "_blank", rel: "noopener noreferrer"});
    facts.append(link);
  }
  part("Prompt", ...(entry.prompt ? [make("p", entry.prompt, "prompt")] : [make("p", "none published", "faint")]));
  if (entry.negative_prompt) part("Negative prompt", make("p", entry.negative_prompt));
  if (entry.settings.length) part("Settings", table(entry.settings));
  at("copy").hidden = !entry.prompt;
  facts.scrollTop = 0;
}

function open(index) {
  if (index < 0 || index >= shown.length) return;
  current = index;
  const entry = shown[index];
  const picture = make(entry.sound ? "audio" : entry.moving ? "video" : "img");
  if (entry.sound || entry.moving) picture.controls = picture.autoplay = picture.loop = true;
  if (!entry.sound && !entry.moving) picture.alt = "";
  picture.src = entry.source;
  stage.replaceChildren(picture);
  tell(entry);
  if (!viewer.open) viewer.showModal();
}
function closed() {
  stage.replaceChildren();  // ends what plays
  while (drawn <= current) draw();
  const card = grid.children[current];
  if (card) card.focus();
}

// How far an arrow key leads among the cards.
function step(key) {
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  return {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns}[key] || 0;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = document.activeElement === search;
  if (viewer.open) {
    if (event.key === "ArrowLeft") open(current - 1);
    if (event.key === "ArrowRight") open(current + 1);
    return;
  }
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
  } else if (typing && event.key === "Escape") {
    search.value = "";
    filter();
  } else if (typing && (event.key === "ArrowDown" || event.key === "Enter")) {
    event.preventDefault();
    grid.children[0]?.focus();
  } else if (!typing && document.activeElement !== level && step(event.key)) {
    const focused = document.activeElement.dataset.index;
    const target = focused === undefined ? 0 : Number(focused) + step(event.key);
    event.preventDefault();
    while (drawn <= target && drawn < shown.length) draw();
    grid.children[target]?.focus();
  }
});

grid.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (card) open(Number(card.dataset.index));
});
viewer.addEventListener("close", closed);
viewer.addEventListener("click", (event) => event.target === viewer && viewer.close());
at("previous").addEventListener("click", () => open(current - 1));
at("next").addEventListener("click", () => open(current + 1));
at("close").addEventListener("click", () => viewer.close());
at("copy").addEventListener("click", () => navigator.clipboard?.writeText(shown[current].prompt).catch(() => {}));
search.addEventListener("input", filter);
level.addEventListener("change", filter);
new IntersectionObserver((changes) => changes[0].isIntersecting && draw(), {rootMargin: "900px"}).observe(end);
filter();
)js";

}  // namespace civitai::sidecar
