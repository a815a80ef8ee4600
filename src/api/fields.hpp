// Reading JSON objects by a table of their fields. Internal to this layer.
#pragma once

#include "base/text.hpp"
#include "json/reader.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace civitai::api {

// A member of the site's object and where in ours it goes.
template <class Target>
struct Field {
  std::string_view name;
  void (*read)(json::Value& value, Target& target);
};

// Reads `value` when the table has a field of that name.
template <class Target>
void read_field(std::span<const Field<Target>> fields, std::string_view name, json::Value& value, Target& target) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
  if (found != fields.end()) found->read(value, target);
}

// Reads the members of an object; false when it is none or damaged.
template <class Target>
bool read_fields(std::span<const Field<Target>> fields, json::Value& object, Target& target) {
  return object.members([&](std::string_view name, json::Value member) { read_field(fields, name, member, target); });
}

// Calls `use(name, value)` for the members of a small document; damage ends it silently.
template <class Use>
void each_member(std::string_view text, Use&& use) {
  auto document = json::Document::parse(text);
  if (document) document->root().members(std::forward<Use>(use));
}

// A missing, null or oddly typed scalar is its type's empty value.
[[nodiscard]] inline std::int64_t id_from(json::Value& value) {
  return std::max<std::int64_t>(0, value.integer().value_or(0));
}
[[nodiscard]] inline std::string text_from(json::Value& value) { return value.text().value_or(""); }
[[nodiscard]] inline int small_number_from(json::Value& value) { return static_cast<int>(value.integer().value_or(0)); }

// The next page's cursor or address; numbers as they are written.
[[nodiscard]] inline std::optional<std::string> cursor_from(json::Value& value) {
  auto text = value.text();
  if (text && trim(*text).empty()) return std::nullopt;
  return text;
}

}  // namespace civitai::api
