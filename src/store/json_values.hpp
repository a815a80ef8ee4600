// How the library's values stand in the JSON of an export.
#pragma once

#include "base/text.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace civitai::store {

inline SystemTime time_of(json::Value& value) {
  return parse_iso8601(value.text().value_or("")).value_or(SystemTime{});
}

inline std::string text_of(json::Value& value) { return value.text().value_or(""); }

inline ByteCount size_of(json::Value& value) {
  return {static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.integer().value_or(0)))};
}

template <class Id>
void read_id(json::Value& value, Id& id) {
  id.value = std::max<std::int64_t>(0, value.integer().value_or(0));
}

// A path that is no UTF-8 stands twice: readable, and as its bytes.
inline void set_path(json::Object& object, std::string_view path) {
  object.set("path", path);
  if (!is_valid_utf8(path)) object.set("path_bytes", escaped_bytes(path));
}

// The object on one line, with a document as it was received in its last member; none when it is empty.
inline std::string with_document(const json::Object& object, std::string_view name, std::string_view document) {
  std::string text = object.text(-1);
  if (document.empty()) return text;
  // A line break can only stand between the tokens of JSON, where a blank means the same.
  std::string embedded = to_valid_utf8(document);
  std::replace_if(
      embedded.begin(), embedded.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  text.pop_back();
  return text + ",\"" + std::string(name) + "\":" + embedded + "}";
}

}  // namespace civitai::store
