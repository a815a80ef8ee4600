#include "config/settings.hpp"

#include "base/format.hpp"

namespace civitai::config {

std::string to_text(const Origin& origin) {
  switch (origin.source) {
    case Source::fallback: break;
    case Source::file: return "file " + origin.name;
    case Source::environment: return "environment " + origin.name;
    case Source::flag: return "flag " + origin.name;
  }
  return "default";
}

std::string label(const Option& option, const Origin& origin) {
  return origin.source == Source::file ? format("{}: {}", origin.name, option.key) : origin.name;
}

Settings::Settings() {
  settings_.reserve(option_count);
  for (const Option& row : options()) settings_.push_back({fallback_value(row), {}});
}

}  // namespace civitai::config
