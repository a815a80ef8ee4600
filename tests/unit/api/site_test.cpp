#include "api/site.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace civitai::api {
namespace {

Site site_at(std::string_view base) { return {.base = *net::Url::parse(base), .key = Secret("k3y")}; }

struct Row {
  std::string_view base;
  std::string_view url;
  bool is_api;
  bool gets_key;
};

const std::vector<Row> rows = {
    {"https://civitai.com", "https://civitai.com/api/v1/models", true, true},
    {"https://civitai.com", "https://www.civitai.com/api/v1/models", true, true},
    {"https://civitai.com", "https://civitai.red/api/v1/models", true, true},
    {"https://civitai.com", "https://civitai.green/api/v1/models", true, true},
    {"https://civitai.com", "https://CIVITAI.com/api/v1/models", true, true},
    {"https://civitai.com", "http://civitai.com/api/v1/models", false, false},
    {"https://civitai.com", "http://civitai.red/", false, false},
    {"https://civitai.com", "https://civitai.com.evil.example/api", false, false},
    {"https://civitai.com", "https://evilcivitai.com/api", false, false},
    {"https://civitai.com", "https://evil.example/civitai.com", false, false},
    {"https://civitai.com", "https://evil.example/?https://civitai.com", false, false},
    {"https://civitai.com", "https://b2.civitai.com/file/x", false, false},
    {"https://civitai.com", "https://image.civitai.com/x", false, false},
    {"https://civitai.com", "https://auth.civitai.com/login", false, false},
    {"https://civitai.com", "https://civitai.co/", false, false},
    {"https://civitai.com", "https://x.r2.cloudflarestorage.com/a", false, false},
    {"https://civitai.com", "http://127.0.0.1/", false, false},
    {"https://mirror.example", "https://mirror.example/api", true, true},
    {"https://mirror.example", "https://civitai.com/api", true, true},
    {"https://mirror.example", "https://mirror.example:8443/api", false, false},
    {"https://mirror.example", "http://mirror.example/api", false, false},
    {"https://mirror.example:8443", "https://mirror.example:8443/api", true, true},
    {"https://mirror.example:8443", "http://mirror.example:8443/api", false, false},
    {"https://mirror.example:8443", "https://mirror.example/api", false, false},
    {"http://mirror.example", "http://mirror.example/api", true, false},
    {"http://mirror.example", "https://mirror.example/api", false, false},
    {"http://127.0.0.1:8080", "http://127.0.0.1:8080/api", true, true},
    {"http://127.0.0.1:8080", "http://127.0.0.1:8081/api", false, false},
    {"http://localhost:8080", "http://localhost:8080/api", true, true},
    {"http://[::1]:8080", "http://[::1]:8080/api", true, true},
    {"http://127.evil.example", "http://127.evil.example/api", true, false},
    {"http://10.0.0.5:8080", "http://10.0.0.5:8080/api", true, false},
};

TEST(ApiKey, GoesToTheSitesOwnHostsOverASafeWayOnly) {
  for (const Row& row : rows) {
    const Site site = site_at(row.base);
    const net::Url url = *net::Url::parse(row.url);
    EXPECT_EQ(is_api_host(site, url), row.is_api) << row.base << " -> " << row.url;
    EXPECT_EQ(key_for(site, url).reveal(), row.gets_key ? "k3y" : "") << row.base << " -> " << row.url;
  }
}

TEST(ApiKey, IsNothingWhenThereIsNone) {
  Site site = site_at("https://civitai.com");
  site.key = Secret();
  EXPECT_TRUE(key_for(site, site.base).empty());
}

}  // namespace
}  // namespace civitai::api
