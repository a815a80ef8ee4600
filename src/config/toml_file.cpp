#include "config/toml_file.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace civitai::config {
namespace {

std::string name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::table: return "a section";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
  }
}

FileValue list_from(const toml::array& array) {
  std::vector<std::string> items;
  for (const toml::node& node : array) {
    const toml::value<std::string>* const item = node.as_string();
    if (item == nullptr) return OtherValue{format("a list that holds {}", name_of(node.type()))};
    items.push_back(item->get());
  }
  return items;
}

FileValue value_from(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  if (const auto* array = node.as_array()) return list_from(*array);
  return OtherValue{name_of(node.type())};
}

// Tables of the first level are sections; anything deeper is a value that no option takes.
void collect(const toml::table& table, const std::string& section, std::vector<FileEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = section + std::string(key.str());
    const toml::table* const inner = node.as_table();
    if (inner != nullptr && section.empty()) {
      collect(*inner, name + ".", entries);
    } else {
      entries.push_back({name, value_from(node), node.source().begin.line});
    }
  }
}

// Whether the statement around a line may set a secret: a value can go on for several lines.
bool may_hold_secret(std::string_view text, std::size_t line) {
  const std::vector<std::string> lines = split(text, '\n');
  for (std::size_t i = std::min(line, lines.size()); i > 0; --i) {
    const std::string& candidate = lines[i - 1];
    if (contains_ignoring_case(candidate, "key") || contains_ignoring_case(candidate, "token")) return true;
    if (candidate.find('=') != std::string::npos) return false;
  }
  return false;
}

Error malformed(const toml::parse_error& error, std::string_view text, std::string_view name) {
  const toml::source_position at = error.source().begin;
  std::string message = format("{}:{}:{}: not valid TOML", name, at.line, at.column);
  if (!may_hold_secret(text, at.line)) {
    // Behind "saw" the library quotes the file's text.
    const std::string_view why = error.description();
    message += ": " + printable(why.substr(0, why.find(", saw ")));
  }
  return {ErrorKind::usage, std::move(message),
          "texts stand in double quotes, lists in square brackets, a key only once"};
}

}  // namespace

Result<std::vector<FileEntry>> parse_toml(std::string_view text, std::string_view name) {
  std::vector<FileEntry> entries;
  try {
    collect(toml::parse(text), {}, entries);
  } catch (const toml::parse_error& error) {
    return fail(malformed(error, text, name));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return entries;
}

std::string kind_of(const FileValue& value) {
  struct Names {
    std::string operator()(const std::string&) const { return name_of(toml::node_type::string); }
    std::string operator()(std::int64_t) const { return name_of(toml::node_type::integer); }
    std::string operator()(bool) const { return name_of(toml::node_type::boolean); }
    std::string operator()(const std::vector<std::string>&) const { return name_of(toml::node_type::array); }
    std::string operator()(const OtherValue& other) const { return other.what; }
  };
  return std::visit(Names{}, value);
}

}  // namespace civitai::config
