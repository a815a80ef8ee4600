// Which site is talked to, with which key, and which hosts may see that key.
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "net/url.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace civitai::api {

inline constexpr std::string_view default_base_url = "https://civitai.com";

struct Site {
  net::Url base;  // origin of the site, without "/api/v1"
  Secret key;     // may be empty
  Milliseconds delay{200};
  Milliseconds timeout{60'000};
};

// Whether the host is one of the names under which the site itself is reached.
[[nodiscard]] bool is_own_host(std::string_view host);

// Whether the URL belongs to the site: the configured base (host and port), or one of the site's own hosts over https.
[[nodiscard]] bool is_api_host(const Site& site, const net::Url& url);

// The key when it may be sent to this URL: an API host, over https or loopback. Empty otherwise.
[[nodiscard]] Secret key_for(const Site& site, const net::Url& url);

}  // namespace civitai::api
