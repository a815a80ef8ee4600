#include "net/request_log.hpp"

#include "support/fake_clock.hpp"
#include "support/scripted_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::net {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class RequestLog : public ::testing::Test {
 protected:
  // The line that the exchange leaves behind.
  std::string line_of(const test::Answer& answer, std::string_view url = "https://civitai.com/api/v1/models?limit=5") {
    http.expect(std::string(url), answer);
    std::string line;
    LoggingClient client(http, clock, [&](std::string_view text) { line = text; });
    static_cast<void>(fetch(client, {.url = *Url::parse(url), .bearer = Secret("k3y")}, 1UL << 20, {}));
    return line;
  }

  static test::Answer refusal(std::string_view type, std::string body) {
    return {403, std::move(body), {{"Content-Type", std::string(type)}}};
  }

  test::ScriptedHttpClient http;
  test::FakeClock clock;
};

TEST_F(RequestLog, TellsEachExchangeInOneLine) {
  EXPECT_EQ(
      line_of({200, "{}", {{"Content-Type", "application/json"}}}),
      "2026-06-01T00:00:00.000Z GET https://civitai.com/api/v1/models?limit=5 -> 200 application/json 2 bytes 0 ms");
}

TEST_F(RequestLog, TellsWhatTheSiteSaysWhenItRefuses) {
  EXPECT_THAT(line_of(refusal("application/json; charset=utf-8", R"({"error":"no\u001b"})")),
              HasSubstr(R"( ms {"error":"no\u001b"})"));
}

TEST_F(RequestLog, LeavesOtherBodiesOutForTheyMayRepeatASignature) {
  for (const std::string_view type : {"application/xml", "text/html", "text/plain"}) {
    EXPECT_THAT(line_of(refusal(type, "<StringToSign>s3cret</StringToSign>")), Not(HasSubstr("s3cret"))) << type;
  }
}

TEST_F(RequestLog, CutsLongRefusalsBetweenCharacters) {
  std::string long_text;
  for (int i = 0; i < 3000; ++i) long_text += "é";
  const std::string line = line_of(refusal("application/json", "x" + long_text));
  EXPECT_LT(line.size(), 700U);
  EXPECT_THAT(line, Not(HasSubstr("\uFFFD")));
}

TEST_F(RequestLog, TellsNoSecret) {
  const std::string line =
      line_of(test::transport_trouble("reset"), "https://b2.civitai.com/a?Authorization=s3cret&limit=1");
  EXPECT_THAT(line, Not(HasSubstr("s3cret")));
  EXPECT_THAT(line, Not(HasSubstr("k3y")));
  EXPECT_THAT(line, HasSubstr(" reset"));
  EXPECT_THAT(line, StartsWith("2026-"));
}

}  // namespace
}  // namespace civitai::net
