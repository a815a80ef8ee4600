#include "base/text.hpp"
#include "layout/layout.hpp"

#include <algorithm>

namespace civitai::layout {
namespace {

bool stays(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-'; }

void fold_runs(std::string& text, char repeated) {
  const auto same = [&](char a, char b) { return a == repeated && b == repeated; };
  text.erase(std::unique(text.begin(), text.end(), same), text.end());
}

}  // namespace

std::string slug(std::string_view text) {
  // The only letters outside ASCII whose lower case lies within: I with dot above, and the Kelvin sign.
  std::string result = replace_all(replace_all(std::string(text), "\u0130", "i"), "\u212A", "k");
  std::replace(result.begin(), result.end(), ' ', '_');
  std::replace(result.begin(), result.end(), ':', '-');
  result = to_lower(result);
  std::erase_if(result, [](char c) { return !stays(c); });
  fold_runs(result, '-');
  fold_runs(result, '_');
  // Once each, and what they leave is not folded again: existing folders have such names ("a--b").
  result = replace_all(replace_all(std::move(result), "-_", "-"), "_-", "-");
  const std::size_t first = result.find_first_not_of("-_");
  if (first == std::string::npos) return {};
  return result.substr(first, result.find_last_not_of("-_") - first + 1);
}

}  // namespace civitai::layout
