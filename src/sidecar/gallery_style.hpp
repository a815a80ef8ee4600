// The looks of the contact sheet. Internal to sidecar/gallery.cpp.
#pragma once

#include <string_view>

namespace civitai::sidecar {

inline constexpr std::string_view gallery_style = R"css(
:root { color-scheme: light dark; --back: #f6f6f4; --front: #1c1c1a; --faint: #6a6a66; --card: #e7e7e3; --line: #d3d3ce;
  --accent: #2458b8; }
@media (prefers-color-scheme: dark) {
  :root { --back: #161617; --front: #ececea; --faint: #9d9d99; --card: #242426; --line: #3a3a3d; --accent: #8ab4ff; }
}
* { box-sizing: border-box; }
html { background: var(--back); color: var(--front); font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0; }
body:has(dialog[open]) { overflow: hidden; }
[hidden] { display: none !important; }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center;
  padding: .7rem 1rem; background: var(--back); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.05rem; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 7px; padding: .4rem .7rem; }
button { cursor: pointer; }
#search { flex: 1 1 14rem; max-width: 34rem; }
#count, .faint { color: var(--faint); }
#count { margin-left: auto; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 10px; padding: 1rem; }
.card { position: relative; display: block; width: 100%; aspect-ratio: 1; padding: 0; overflow: hidden; border: 0;
  border-radius: 9px; background: var(--card); }
.card img, .card video { width: 100%; height: 100%; object-fit: cover; display: block; }
.card .name { position: absolute; inset: auto 0 0 0; padding: 1.4rem .6rem .4rem; text-align: left; font-size: .8rem;
  color: #fff; background: linear-gradient(transparent, rgb(0 0 0 / 70%)); overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; opacity: 0; transition: opacity .12s; }
.card:hover .name, .card:focus-visible .name { opacity: 1; }
.card .sign { position: absolute; top: .5rem; right: .5rem; padding: .05rem .5rem; border-radius: 1rem; font-size: .75rem;
  color: #fff; background: rgb(0 0 0 / 62%); }
.card.gone::before { content: "gone, or of a kind that this browser does not show"; display: grid; place-items: center;
  height: 100%; padding: 0 1rem; box-sizing: border-box; text-align: center; color: var(--faint); font-size: .8rem; }
.card.gone img, .card.gone video { display: none; }
#none { padding: 3rem 1rem; text-align: center; color: var(--faint); }
dialog { width: min(1400px, 96vw); height: min(1000px, 94vh); max-width: none; max-height: none; padding: 0;
  border: 1px solid var(--line); border-radius: 12px; background: var(--back); color: var(--front); overflow: hidden; }
dialog::backdrop { background: rgb(0 0 0 / 72%); }
dialog[open] { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(260px, 380px); }
#stage { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); place-items: center; min-width: 0;
  min-height: 0; padding: 10px; background: var(--card); }
#stage > * { max-width: 100%; max-height: 100%; object-fit: contain; border-radius: 4px; }
#facts { overflow: auto; padding: 1rem 1.1rem; border-left: 1px solid var(--line); overflow-wrap: anywhere; }
#facts h2 { margin: 1.2rem 0 .3rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .06em;
  color: var(--faint); }
#facts p { margin: 0 0 .4rem; white-space: pre-wrap; }
#facts table { border-collapse: collapse; width: 100%; font-size: .87rem; }
#facts td { padding: .2rem .5rem .2rem 0; vertical-align: top; border-top: 1px solid var(--line); }
#facts td:first-child { color: var(--faint); width: 38%; }
#facts a { color: var(--accent); }
#bar { display: flex; gap: .4rem; margin-bottom: .9rem; }
#bar .wide { margin-left: auto; }
@media (max-width: 760px) {
  #grid { grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); }
  dialog[open] { grid-template: minmax(0, 1fr) minmax(0, 45%) / minmax(0, 1fr); }
  #facts { border-left: 0; border-top: 1px solid var(--line); }
}
)css";

}  // namespace civitai::sidecar
