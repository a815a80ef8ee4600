// A client of the site that talks to a script, with a clock that takes no time.
#pragma once

#include "api/client.hpp"
#include "support/collecting_log.hpp"
#include "support/fake_clock.hpp"
#include "support/scripted_http.hpp"

#include <gtest/gtest.h>

#include <string>

namespace civitai::api {

class ScriptedSite : public ::testing::Test {
 protected:
  static constexpr std::string_view origin = "https://civitai.com";

  static Site site_with(std::string key) { return {.base = *net::Url::parse(origin), .key = Secret(std::move(key))}; }

  net::RetryRules rules;
  test::ScriptedHttpClient http;
  test::FakeClock clock;
  test::CollectingLog log;
  std::stop_source stop;
  // Half of the range: a pause is three quarters of its longest.
  Client client{Context{http, clock, log.log(), [] { return 0.5; }, rules}, site_with("k3y")};
};

}  // namespace civitai::api
