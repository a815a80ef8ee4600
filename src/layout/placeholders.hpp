// What all path templates have in common: components separated by '/', placeholders in braces. Internal to this layer.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::layout {

// The placeholders of a kind of template; letter case is ignored.
struct PlaceholderNames {
  std::span<const std::string_view> names;
  std::span<const std::string_view> aliases = {};  // of older configurations; understood, not advertised

  [[nodiscard]] bool knows(std::string_view name) const;
};

// The components of a template that makes sense; perhaps none. Error of kind usage, naming the unknown placeholder and
// listing the known ones; also for braces that do not match, an absolute path, a backslash or a ".." component.
[[nodiscard]] Result<std::vector<std::string>> parse_components(std::string_view text, const PlaceholderNames& known);

// Calls `literal` and `placeholder` with the parts of a component in order; false where the braces do not match.
template <class Literal, class Name>
bool walk(std::string_view component, Literal literal, Name placeholder) {
  while (!component.empty()) {
    const std::size_t open = component.find_first_of("{}");
    literal(component.substr(0, open));
    if (open == std::string_view::npos) return true;
    const std::size_t close = component.find_first_of("{}", open + 1);
    if (component[open] == '}' || close == std::string_view::npos || component[close] == '{') return false;
    placeholder(component.substr(open + 1, close - open - 1));
    component.remove_prefix(close + 1);
  }
  return true;
}

[[nodiscard]] tl::unexpected<Error> unfit(std::string_view text, std::string_view why, std::string hint = {});

// The slug, or the stand-in where nothing that could be read is left of the text.
[[nodiscard]] std::string slug_or(std::string_view text, const std::string& stand_in);

// The filled component made safe; it does not vanish from listings, unless the template itself begins it with a dot.
[[nodiscard]] std::string not_hidden(std::string_view component, std::string_view filled, std::size_t limit);

}  // namespace civitai::layout
