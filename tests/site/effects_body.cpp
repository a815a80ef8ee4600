#include "base/format.hpp"
#include "base/text.hpp"
#include "site/compress.hpp"
#include "site/effects.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace standin {
namespace {

using civitai::format;

template <Content (*change)(const Content&)>
void change_content(Stage& stage) {
  if (stage.answer.slice) stage.answer.slice->content = change(stage.answer.slice->content);
}

Content corrupted(const Content& content) { return content.corrupted(); }
Content zeros(const Content& content) { return Content::zeros(content.size()); }

void html_as_file(Stage& stage) {
  stage.answer.status = 200;
  stage.answer.replace_body("application/octet-stream",
                            "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n");
}

void truncate(Stage& stage) {
  std::string& text = stage.answer.text;
  const auto kept =
      static_cast<std::size_t>(std::max<std::int64_t>(stage.number(static_cast<std::int64_t>(text.size() / 2)), 0));
  text.resize(std::min(kept, text.size()));
}

// Into the first text value of the document.
void insert_into_text(Stage& stage, std::string_view what) {
  const std::size_t at = stage.answer.text.find(":\"");
  if (at != std::string::npos) stage.answer.text.insert(at + 2, what);
}

// As the first members of the document's object.
void insert_members(Stage& stage, const std::string& members) {
  std::string& text = stage.answer.text;
  if (text.starts_with('{')) text.insert(1, text == "{}" ? members : members + ",");
}

// "id":12 becomes "id":12e0, everywhere.
void exponents(Stage& stage) {
  constexpr std::string_view key = "\"id\":";
  std::string& text = stage.answer.text;
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    std::size_t end = at + key.size();
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (end > at + key.size()) text.insert(end, "e0");
  }
}

void deep(Stage& stage) {
  const auto levels = static_cast<std::size_t>(std::max<std::int64_t>(stage.number(10000), 1));
  insert_members(stage, "\"deep\":" + std::string(levels, '[') + std::string(levels, ']'));
}

void huge(Stage& stage) {
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(stage.number(50'000'000), 1));
  insert_members(stage, "\"padding\":\"" + std::string(size, 'x') + "\"");
}

void compress(Stage& stage) {
  stage.answer.text = gzip(stage.answer.text);
  stage.answer.set("Content-Encoding", "gzip");
}

void bomb(Stage& stage) {
  huge(stage);
  compress(stage);
}

void replace_text(Stage& stage) {
  const std::size_t arrow = stage.parameter.find("=>");
  if (arrow == std::string::npos) return;
  stage.answer.text = civitai::replace_all(std::move(stage.answer.text), stage.parameter.substr(0, arrow),
                                           stage.parameter.substr(arrow + 2));
}

void replace_body(Stage& stage) {
  stage.answer.slice.reset();
  stage.answer.text = stage.parameter;
}

constexpr std::array<Effect, 18> body_table = {{
    {"wrong-bytes", "", "file bytes of the right length but others", change_content<corrupted>},
    {"zero-bytes", "", "file bytes of the right length, all zero", change_content<zeros>},
    {"html-as-file", "", "an HTML page as 200 application/octet-stream", html_as_file},
    {"truncated-json", "[BYTES]", "the document ends after so much (half)", truncate},
    {"bom", "", "a byte order mark in front", [](Stage& stage) { stage.answer.text.insert(0, "\xEF\xBB\xBF"); }},
    {"invalid-utf8", "", "bytes that are no UTF-8 in the first text",
     [](Stage& stage) { insert_into_text(stage, "\xC3\x28\xFF"); }},
    {"nul-in-string", "", "an escaped NUL in the first text",
     [](Stage& stage) { insert_into_text(stage, "a\\u0000b"); }},
    {"big-number", "", "a member with a number beyond 2^53",
     [](Stage& stage) { insert_members(stage, "\"bigNumber\":9007199254740993123"); }},
    {"exponent-integers", "", "ids written as 12e0", exponents},
    {"duplicate-keys", "", "members `items` and `id` come twice, empty ones first",
     [](Stage& stage) { insert_members(stage, "\"items\":[],\"id\":1"); }},
    {"deep-nesting", "[LEVELS]", "a member with so many arrays in each other (10000)", deep},
    {"huge-body", "[BYTES]", "a member with so much text (50 MB)", huge},
    {"gzip", "", "compressed although nobody asked", compress},
    {"gzip-bomb", "[BYTES]", "compressed, unfolds to so much (50 MB)", bomb},
    {"wrong-encoding", "", "says gzip, is plain", [](Stage& stage) { stage.answer.set("Content-Encoding", "gzip"); }},
    {"replace-text", "FROM=>TO", "in the document, everywhere", replace_text},
    {"body", "TEXT", "this body instead", replace_body},
    {"empty-body", "", "nothing at all",
     [](Stage& stage) {
       stage.answer.slice.reset();
       stage.answer.text.clear();
     }},
}};

}  // namespace

std::span<const Effect> body_effects() { return body_table; }

}  // namespace standin
