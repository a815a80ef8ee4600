#include "api/site.hpp"

#include <algorithm>
#include <array>

namespace civitai::api {
namespace {

constexpr std::array<std::string_view, 4> own_hosts = {"civitai.com", "www.civitai.com", "civitai.red",
                                                       "civitai.green"};

}  // namespace

bool is_own_host(std::string_view host) {
  return std::find(own_hosts.begin(), own_hosts.end(), host) != own_hosts.end();
}

bool is_api_host(const Site& site, const net::Url& url) {
  const bool is_base =
      url.host() == site.base.host() && url.port() == site.base.port() && (url.is_secure() || !site.base.is_secure());
  return is_base || (url.is_secure() && is_own_host(url.host()));
}

Secret key_for(const Site& site, const net::Url& url) {
  const bool private_way = url.is_secure() || url.is_loopback();
  return is_api_host(site, url) && private_way ? site.key : Secret{};
}

}  // namespace civitai::api
