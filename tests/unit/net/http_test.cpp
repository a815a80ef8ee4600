#include "net/http.hpp"

#include "support/scripted_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::net {
namespace {

using test::ScriptedHttpClient;
using test::transport_trouble;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const Url address = *Url::parse("http://127.0.0.1:1/a");

TEST(HeaderFields, CompareNamesWithoutLetterCase) {
  Headers headers;
  headers.add("Content-Type", "text/html");
  headers.add("content-type", "application/json");
  headers.add("X-Empty", "");
  EXPECT_EQ(headers.get("CONTENT-TYPE"), "text/html");
  EXPECT_EQ(headers.get("x-empty"), "");
  EXPECT_EQ(headers.get("Content"), std::nullopt);
  EXPECT_EQ(headers.get(""), std::nullopt);
}

TEST(HeaderFields, KeepTheirOrder) {
  Headers headers;
  headers.add("b", "1");
  headers.add("a", "2");
  headers.add("b", "3");
  EXPECT_THAT(headers.fields(), ElementsAre(Pair("b", "1"), Pair("a", "2"), Pair("b", "3")));
}

TEST(Fetch, CollectsHeadAndBody) {
  ScriptedHttpClient client;
  client.expect(address.wire(), {404, "not here", {{"X-One", "1"}}});
  const auto response = fetch(client, {.url = address}, 100, {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->head.status, 404);
  EXPECT_EQ(response->head.headers.get("x-one"), "1");
  EXPECT_EQ(response->body, "not here");
}

TEST(Fetch, RefusesABodyBeyondTheLimit) {
  ScriptedHttpClient client;
  client.expect(address.wire(), {200, "12345678"}).expect(address.wire(), {200, "123456789"});
  EXPECT_TRUE(fetch(client, {.url = address}, 8, {}));
  const auto response = fetch(client, {.url = address}, 8, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::insecure);
  EXPECT_THAT(response.error().message, HasSubstr("larger than 8 B"));
}

TEST(Fetch, PassesTheTroubleOfTheTransportOn) {
  ScriptedHttpClient client;
  client.expect(address.wire(), {200, "half", {}, Error{ErrorKind::network, "cut", {}}})
      .expect(address.wire(), transport_trouble("no certificate", ErrorKind::insecure));
  EXPECT_EQ(fetch(client, {.url = address}, 100, {}).error().message, "cut");
  EXPECT_EQ(fetch(client, {.url = address}, 100, {}).error().kind, ErrorKind::insecure);
}

// An exchange that never ends by itself.
class EndlessClient final : public HttpClient {
 public:
  std::unique_ptr<Exchange> start(Request, ResponseSink&, Done) override { return std::make_unique<Exchange>(); }
};

TEST(Perform, EndsWhenStopped) {
  EndlessClient client;
  std::stop_source stop;
  stop.request_stop();
  const auto response = fetch(client, {.url = address}, 100, stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace civitai::net
