#include "net/curl_client.hpp"

#include "support/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace civitai::net {
namespace {

using test::always;
using test::http_answer;
using test::RawServer;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::size_t enough = 1UL << 20;

class CurlRequests : public ::testing::Test {
 protected:
  // A proxy of this machine is not for servers on it.
  CurlRequests() { ::setenv("no_proxy", "127.0.0.1", 1); }

  // What the client sends for the request, its line and headers.
  std::string sent(const std::function<void(Request&)>& change) {
    RawServer server(always([](std::string_view) { return http_answer("ok"); }));
    Request request{.url = server.url("/api/v1/models?cursor=a%7Cb")};
    change(request);
    const auto response = fetch(client, std::move(request), enough, {});
    EXPECT_TRUE(response) << (response ? "" : response.error().message);
    return server.requests().empty() ? "" : server.requests().front();
  }

  Result<Response> answered(const std::string& answer, Encoding encoding = Encoding::identity) {
    RawServer server([&](RawServer::Connection& connection) {
      connection.read_request();
      connection.send(answer);
    });
    return fetch(client, {.url = server.url("/a"), .encoding = encoding}, enough, {});
  }

  CurlClient client{{.user_agent = "civitai-downloader/9.9"}};
};

TEST_F(CurlRequests, AreExactlyWhatWasAskedFor) {
  const std::string request = sent([](Request&) {});
  EXPECT_THAT(request, StartsWith("GET /api/v1/models?cursor=a%7Cb HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(request, HasSubstr("\r\nUser-Agent: civitai-downloader/9.9\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAccept: */*\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAccept-Encoding: identity\r\n"));
  for (const std::string_view name : {"Authorization", "Cookie", "Referer", "Range", "Proxy", "Upgrade"}) {
    EXPECT_THAT(request, Not(HasSubstr("\r\n" + std::string(name)))) << request;
  }
}

TEST_F(CurlRequests, CarryTheKeyOnlyWhenOneIsGiven) {
  EXPECT_THAT(sent([](Request& request) { request.bearer = Secret("k3y"); }),
              HasSubstr("\r\nAuthorization: Bearer k3y\r\n"));
  EXPECT_THAT(sent([](Request&) {}), Not(ContainsRegex("[Aa]uthorization")));
}

TEST_F(CurlRequests, CarryTheRange) {
  EXPECT_THAT(sent([](Request& request) { request.range = ByteRange{0, 0}; }), HasSubstr("\r\nRange: bytes=0-0\r\n"));
  EXPECT_THAT(sent([](Request& request) {
                request.range = ByteRange{4'294'967'296, {}};
              }),
              HasSubstr("\r\nRange: bytes=4294967296-\r\n"));
  EXPECT_THAT(sent([](Request& request) { request.range = ByteRange{5, 9}; }), HasSubstr("\r\nRange: bytes=5-9\r\n"));
}

TEST_F(CurlRequests, CarryOwnHeaders) {
  EXPECT_THAT(sent([](Request& request) { request.headers.add("If-Range", "\"etag\""); }),
              HasSubstr("\r\nIf-Range: \"etag\"\r\n"));
}

TEST_F(CurlRequests, WelcomeCompressionForDocumentsOnly) {
  EXPECT_THAT(sent([](Request& request) { request.encoding = Encoding::compressed; }),
              AllOf(HasSubstr("\r\nAccept-Encoding: "), HasSubstr("gzip"), Not(HasSubstr("identity"))));
}

// Nothing of one request may show in the next one that uses the same connection.
TEST_F(CurlRequests, ForgetWhatTheOneBeforeCarried) {
  RawServer server(always([](std::string_view) { return http_answer("ok"); }));
  Request rich{.url = server.url("/1"), .bearer = Secret("k3y"), .range = ByteRange{5, 9}};
  rich.headers.add("X-Extra", "1");
  ASSERT_TRUE(fetch(client, rich, enough, {}));
  ASSERT_TRUE(fetch(client, {.url = server.url("/2")}, enough, {}));
  const std::string second = server.requests().at(1);
  EXPECT_THAT(second, StartsWith("GET /2 "));
  for (const std::string_view name : {"Authorization", "Range", "X-Extra", "Cookie"}) {
    EXPECT_THAT(second, Not(HasSubstr(std::string(name)))) << second;
  }
}

TEST_F(CurlRequests, ReplayNoCookies) {
  RawServer server(always([](std::string_view) { return http_answer("ok", "Set-Cookie: a=b; Path=/\r\n"); }));
  ASSERT_TRUE(fetch(client, {.url = server.url("/1")}, enough, {}));
  ASSERT_TRUE(fetch(client, {.url = server.url("/2")}, enough, {}));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("Cookie")));
}

using CurlAnswers = CurlRequests;

TEST_F(CurlAnswers, AreGivenWithStatusHeadersAndBody) {
  const auto response = answered(
      "HTTP/1.1 206 Partial Content\r\ncontent-length: 4\r\nContent-Range: bytes 0-3/9\r\nX-Mixed:  a \r\n\r\nabcd");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->head.status, 206);
  EXPECT_EQ(response->head.content_length, 4U);
  EXPECT_EQ(response->head.headers.get("Content-Range"), "bytes 0-3/9");
  EXPECT_EQ(response->head.headers.get("x-mixed"), "a");
  EXPECT_EQ(response->body, "abcd");
}

TEST_F(CurlAnswers, MayComeInChunksWithoutALength) {
  const auto response = answered(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nX-Trailer: t\r\n\r\n");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "abcdefgh");
  EXPECT_EQ(response->head.content_length, std::nullopt);
  EXPECT_EQ(response->head.headers.get("X-Trailer"), std::nullopt);
}

TEST_F(CurlAnswers, MayEndWithTheConnection) {
  const auto response = answered("HTTP/1.0 200 OK\r\n\r\nall there is");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "all there is");
}

TEST_F(CurlAnswers, MayHaveNoBody) {
  for (const std::string_view answer :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n"}) {
    const auto response = answered(std::string(answer));
    ASSERT_TRUE(response) << answer << response.error().message;
    EXPECT_EQ(response->body, "");
  }
}

TEST_F(CurlAnswers, SkipInterimHeads) {
  const auto response =
      answered("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->head.status, 200);
  EXPECT_EQ(response->head.headers.get("X-Early"), std::nullopt);
  EXPECT_EQ(response->body, "ok");
}

TEST_F(CurlAnswers, AreNotFollowedAsRedirects) {
  for (const int status : {301, 302, 303, 307, 308}) {
    RawServer server(always(
        [&](std::string_view) { return http_answer("body", "Location: /elsewhere\r\n", format("{} Moved", status)); }));
    const auto response = fetch(client, {.url = server.url("/a"), .bearer = Secret("k")}, enough, {});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->head.status, status);
    EXPECT_EQ(response->head.headers.get("Location"), "/elsewhere");
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST_F(CurlAnswers, AreWholeWhateverTheirStatus) {
  for (const int status : {400, 401, 403, 404, 416, 429, 451, 500, 503, 524, 599}) {
    const auto response =
        answered(http_answer("why", "WWW-Authenticate: Basic realm=x\r\n", format("{} Status", status)));
    ASSERT_TRUE(response) << status;
    EXPECT_EQ(response->head.status, status);
    EXPECT_EQ(response->body, "why");
  }
}

TEST_F(CurlAnswers, TakeAHugeHeader) {
  const std::string huge(60'000, 'h');
  const auto response = answered(http_answer("ok", "X-Huge: " + huge + "\r\n"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->head.headers.get("x-huge"), huge);
}

// gzip of "hello hello hello hello"
constexpr std::string_view gzipped(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x27\x01\xe3\x51\x3d\x8d\x17\x00\x00\x00",
    28);

TEST_F(CurlAnswers, AreDecodedWhenCompressionWasWelcome) {
  const std::string answer = http_answer(gzipped, "Content-Encoding: gzip\r\n");
  const auto decoded = answered(answer, Encoding::compressed);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->body, "hello hello hello hello");
  // A file's bytes are taken as they lie on the server.
  const auto raw = answered(answer, Encoding::identity);
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->body, gzipped);
}

TEST_F(CurlAnswers, WithAWrongEncodingAreTroubleOfTheNetwork) {
  const auto response = answered(http_answer("not gzip at all", "Content-Encoding: gzip\r\n"), Encoding::compressed);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST_F(CurlAnswers, StopAtTheLimitOfAFetchEvenWhenTheyArriveCompressed) {
  RawServer server(always([](std::string_view) { return http_answer(gzipped, "Content-Encoding: gzip\r\n"); }));
  const auto response = fetch(client, {.url = server.url("/"), .encoding = Encoding::compressed}, 22, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::insecure) << "asking again would fetch as much again";
  EXPECT_THAT(response.error().message, HasSubstr("larger than 22 B"));
}

TEST_F(CurlAnswers, ThatAreNoneAreTroubleOfTheNetwork) {
  for (const std::string_view answer :
       {"", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    const auto response = answered(std::string(answer));
    ASSERT_FALSE(response) << answer;
    EXPECT_EQ(response.error().kind, ErrorKind::network) << answer << ": " << response.error().message;
    EXPECT_THAT(response.error().message, StartsWith("127.0.0.1: ")) << answer;
  }
}

TEST_F(CurlAnswers, CannotComeFromWhereNobodyListens) {
  Url deserted = *Url::parse("http://127.0.0.1:1/");
  {
    const RawServer server(always([](std::string_view) { return ""; }));
    deserted = server.url("/api?token=s3cret");
  }
  const auto response = fetch(client, {.url = deserted}, enough, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_THAT(response.error().message, Not(HasSubstr("s3cret")));
  EXPECT_THAT(response.error().message, StartsWith("failed to connect to 127.0.0.1")) << "the host is named once";
}

TEST_F(CurlRequests, ToThisMachineGoThroughNoProxy) {
  RawServer proxy(always([](std::string_view) { return http_answer("from the proxy"); }));
  ::setenv("http_proxy", proxy.origin().c_str(), 1);
  ::unsetenv("no_proxy");
  RawServer server(always([](std::string_view) { return http_answer("ok"); }));
  const auto direct = fetch(client, {.url = server.url("/")}, enough, {});
  const auto elsewhere = fetch(client, {.url = *Url::parse("http://civitai.invalid/")}, enough, {});
  ::unsetenv("http_proxy");
  ASSERT_TRUE(direct) << direct.error().message;
  EXPECT_EQ(direct->body, "ok");
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_EQ(elsewhere->body, "from the proxy");
}

TEST_F(CurlRequests, BelieveTheAuthoritiesThatTheyAreTold) {
  CurlClient strict({.user_agent = "x", .certificates = "/nowhere/authorities.pem"});
  RawServer server(always([](std::string_view) { return http_answer("ok"); }));
  const Url url = *Url::parse("https" + server.origin().substr(4) + "/");
  const auto response = fetch(strict, {.url = url}, enough, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::insecure) << response.error().message;
  EXPECT_THAT(response.error().message, HasSubstr("/nowhere/authorities.pem"));
}

}  // namespace
}  // namespace civitai::net
