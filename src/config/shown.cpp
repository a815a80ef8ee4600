#include "config/shown.hpp"

namespace civitai::config {
namespace {

// HTTP_PROXY is left out: the HTTP library ignores it, because a web server may set it from a request.
constexpr const char* proxy_variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                           "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

struct Show {
  ShownValue operator()(const Secret& secret) const { return std::string(secret.shown()); }
  ShownValue operator()(const std::string& text) const { return text; }
  ShownValue operator()(std::int64_t number) const { return number; }
  ShownValue operator()(bool truth) const { return truth; }
  ShownValue operator()(const std::vector<std::string>& items) const { return items; }
};

}  // namespace

std::vector<ShownSetting> shown_settings(const Settings& settings) {
  std::vector<ShownSetting> shown;
  for (const Option& row : options()) {
    if (row.key.empty()) continue;
    const std::size_t dot = row.key.find('.');
    const bool inside = dot != std::string_view::npos;
    shown.push_back({.section = std::string(inside ? row.key.substr(0, dot) : ""),
                     .key = std::string(inside ? row.key.substr(dot + 1) : row.key),
                     .value = std::visit(Show{}, settings.value(row.id)),
                     .origin = to_text(settings.origin(row.id))});
  }
  return shown;
}

std::vector<ShownVariable> shown_proxies(const Environment& environment) {
  std::vector<ShownVariable> shown;
  for (const char* const name : proxy_variables) {
    const std::string value = environment(name).value_or("");
    if (!value.empty()) shown.push_back({name, without_credentials(value)});
  }
  return shown;
}

std::string without_credentials(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return std::string(address);
  const std::size_t scheme = address.find("://");
  const std::string_view start = scheme < at ? address.substr(0, scheme + 3) : std::string_view{};
  return std::string(start) + std::string(Secret::mask) + std::string(address.substr(at));
}

}  // namespace civitai::config
