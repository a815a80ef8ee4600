#include "layout/placeholders.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "layout/layout.hpp"

#include <algorithm>
#include <optional>

namespace civitai::layout {
namespace {

std::string advertised(const PlaceholderNames& known) {
  std::string list;
  for (const std::string_view name : known.names) list += format("{}{{{}}}", list.empty() ? "" : ", ", name);
  return list;
}

tl::unexpected<Error> unknown_placeholder(std::string_view text, std::string_view name, const PlaceholderNames& known) {
  const auto near = nearest(name, known.names, 1);
  const std::string guess = near.empty() ? std::string() : format("did you mean {{{}}}? ", near[0]);
  return unfit(text, format("has the unknown placeholder '{{{}}}'", printable(name)),
               format("{}known placeholders: {}", guess, advertised(known)));
}

Status check_component(std::string_view text, std::string_view component, const PlaceholderNames& known) {
  std::string sample;
  std::optional<std::string> unknown;
  const bool matched = walk(
      component, [&](std::string_view literal) { sample += literal; },
      [&](std::string_view name) {
        if (!unknown && !known.knows(name)) unknown = std::string(name);
        sample += 'x';
      });
  if (!matched) return unfit(text, "has braces that do not match");
  if (unknown) return unknown_placeholder(text, *unknown, known);
  if (os::safe_component(sample).empty())
    return unfit(text, format("has the component '{}', which is no name", component));
  return {};
}

}  // namespace

bool PlaceholderNames::knows(std::string_view name) const {
  const auto same = [&](std::string_view one) { return equal_ignoring_case(one, name); };
  return std::any_of(names.begin(), names.end(), same) || std::any_of(aliases.begin(), aliases.end(), same);
}

Result<std::vector<std::string>> parse_components(std::string_view text, const PlaceholderNames& known) {
  if (text.starts_with('/')) return unfit(text, "is absolute", "paths are made below the save path");
  if (text.find('\\') != std::string_view::npos) return unfit(text, "has a backslash", "separate folders by '/'");
  std::vector<std::string> components;
  for (std::string& component : split(text, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..") return unfit(text, "leaves its folder by '..'", "paths are made below the save path");
    if (const Status checked = check_component(text, component, known); !checked) return fail(checked.error());
    components.push_back(std::move(component));
  }
  return components;
}

tl::unexpected<Error> unfit(std::string_view text, std::string_view why, std::string hint) {
  return fail(ErrorKind::usage, format("the path template '{}' {}", printable(text), why), std::move(hint));
}

std::string slug_or(std::string_view text, const std::string& stand_in) {
  std::string result = slug(text);
  const bool readable = result.find_first_not_of("._-") != std::string::npos;
  return readable ? result : stand_in;
}

std::string not_hidden(std::string_view component, std::string_view filled, std::size_t limit) {
  std::string name = os::safe_component(filled, limit);
  const bool by_accident = name.starts_with('.') && !component.starts_with('.');
  return by_accident ? os::safe_component("_" + name, limit) : name;
}

}  // namespace civitai::layout
