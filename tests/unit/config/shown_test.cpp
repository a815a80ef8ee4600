#include "config/shown.hpp"

#include "unit/config/given.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace civitai::config {
namespace {

using testing::HasSubstr;
using testing::Not;

ShownSetting shown(const Settings& settings, std::string_view section, std::string_view key) {
  const std::vector<ShownSetting> all = shown_settings(settings);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.section == section && s.key == key; });
  EXPECT_NE(found, all.end()) << key;
  return found == all.end() ? ShownSetting{} : *found;
}

TEST(ShownSettings, TellValueAndOrigin) {
  Given given;
  const Settings settings = given.file("Limit = 5\n[Images]\nSort = \"Oldest\"\n").flag("--nsfw", "true").settings();
  EXPECT_EQ(shown(settings, "", "Limit").value, ShownValue(std::int64_t{5}));
  EXPECT_EQ(shown(settings, "", "Limit").origin, "file " + given.line(1));
  EXPECT_EQ(shown(settings, "", "Nsfw").value, ShownValue(true));
  EXPECT_EQ(shown(settings, "", "Nsfw").origin, "flag --nsfw");
  EXPECT_EQ(shown(settings, "Images", "Sort").value, ShownValue(std::string("Oldest")));
  EXPECT_EQ(shown(settings, "", "Tags").value, ShownValue(std::vector<std::string>{}));
  EXPECT_EQ(shown(settings, "", "Tags").origin, "default");
}

TEST(ShownSettings, MaskTheKey) {
  EXPECT_EQ(shown(Settings{}, "", "ApiKey").value, ShownValue(std::string()));
  const Settings settings = Given().variable("CIVITAI_TOKEN", "secret-1").settings();
  EXPECT_EQ(shown(settings, "", "ApiKey").value, ShownValue(std::string("[redacted]")));
  EXPECT_EQ(shown(settings, "", "ApiKey").origin, "environment CIVITAI_TOKEN");
  for (const ShownSetting& setting : shown_settings(settings)) {
    const auto* const text = std::get_if<std::string>(&setting.value);
    EXPECT_THAT((text != nullptr ? *text : "") + setting.origin, Not(HasSubstr("secret-1")));
  }
}

TEST(ShownProxies, ListWhatIsSetWithoutCredentials) {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "https_proxy") return "http://me:p@ss@proxy.example:3128";
    if (name == "NO_PROXY") return "localhost,.example";
    if (name == "ALL_PROXY") return "";
    return std::nullopt;
  };
  const std::vector<ShownVariable> proxies = shown_proxies(environment);
  ASSERT_EQ(proxies.size(), 2U);
  EXPECT_EQ(proxies[0].name, "https_proxy");
  EXPECT_EQ(proxies[0].value, "http://[redacted]@proxy.example:3128");
  EXPECT_EQ(proxies[1].value, "localhost,.example");
}

TEST(WithoutCredentials, MasksEverythingBeforeTheHost) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://proxy:1", "http://proxy:1"},
      {"user:pass@proxy", "[redacted]@proxy"},
      {"socks5h://u@proxy:1", "socks5h://[redacted]@proxy:1"},
      {"http://u:a/b://c@proxy", "http://[redacted]@proxy"},
      {"", ""},
  };
  for (const auto& [address, masked] : cases) EXPECT_EQ(without_credentials(address), masked);
}

}  // namespace
}  // namespace civitai::config
