// Settings made fit to be shown: secrets masked, each value with its origin. Pure.
#pragma once

#include "config/load.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace civitai::config {

using ShownValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

struct ShownSetting {
  std::string section;  // "Images", or empty
  std::string key;
  ShownValue value;  // a secret as "[redacted]", or empty when there is none
  std::string origin;
};

// Every option that the configuration file can set, in the order of the table.
[[nodiscard]] std::vector<ShownSetting> shown_settings(const Settings& settings);

struct ShownVariable {
  std::string name;
  std::string value;
};

// The proxy variables that are set; name and password in an address are masked. The HTTP library reads them itself.
[[nodiscard]] std::vector<ShownVariable> shown_proxies(const Environment& environment);

// "http://[redacted]@proxy:3128": everything between the scheme and the last '@'.
[[nodiscard]] std::string without_credentials(std::string_view address);

}  // namespace civitai::config
