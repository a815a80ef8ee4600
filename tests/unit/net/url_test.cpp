#include "net/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

Url parsed(std::string_view text) {
  auto url = Url::parse(text);
  EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error().message);
  return url ? *url : *Url::parse("http://parse.failed");
}

TEST(UrlParse, TakesAUrlApart) {
  const Url url = parsed("HTTPS://Civitai.COM/api/v1/models?limit=2&tag=a%20b#part");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_EQ(url.host(), "civitai.com");
  EXPECT_EQ(url.port(), 443);
  EXPECT_EQ(url.path(), "/api/v1/models");
  EXPECT_THAT(url.query(), ElementsAre(Pair("limit", "2"), Pair("tag", "a b")));
  EXPECT_EQ(url.origin(), "https://civitai.com");
  EXPECT_TRUE(url.is_secure());
  EXPECT_THAT(url.wire(), Not(HasSubstr("#")));
}

struct Place {
  std::string_view text;
  std::string_view host;
  int port;
  std::string_view path;
  std::string_view origin;
};

TEST(UrlParse, KnowsHostPortAndPath) {
  const std::vector<Place> places = {
      {"http://civitai.com", "civitai.com", 80, "/", "http://civitai.com"},
      {"https://civitai.com:443/", "civitai.com", 443, "/", "https://civitai.com"},
      {"https://civitai.com:8443/a", "civitai.com", 8443, "/a", "https://civitai.com:8443"},
      {"http://127.0.0.1:8080/x/y", "127.0.0.1", 8080, "/x/y", "http://127.0.0.1:8080"},
      {"http://[::1]:9/z", "::1", 9, "/z", "http://[::1]:9"},
      {"https://[2001:DB8::5]/", "2001:db8::5", 443, "/", "https://[2001:db8::5]"},
      {"  https://civitai.com/trimmed \n", "civitai.com", 443, "/trimmed", "https://civitai.com"},
      {"http://civitai.com/a/../b", "civitai.com", 80, "/b", "http://civitai.com"},
      {"http://civitai.com/%E7%B4%99", "civitai.com", 80, "/%E7%B4%99", "http://civitai.com"},
  };
  for (const Place& place : places) {
    SCOPED_TRACE(place.text);
    const Url url = parsed(place.text);
    EXPECT_EQ(url.host(), place.host);
    EXPECT_EQ(url.port(), place.port);
    EXPECT_EQ(url.path(), place.path);
    EXPECT_EQ(url.origin(), place.origin);
  }
}

TEST(UrlParse, RefusesWhatIsNoAbsoluteHttpUrl) {
  for (const std::string_view text : {"",
                                      " ",
                                      "civitai.com",
                                      "/api/v1/models",
                                      "//civitai.com/api",
                                      "https://",
                                      "http://:80/",
                                      "ftp://civitai.com/a",
                                      "file:///etc/passwd",
                                      "gopher://civitai.com/",
                                      "javascript:alert(1)",
                                      "mailto:a@b.c",
                                      "https://civitai.com:0x50/",
                                      "https://civitai.com:99999/",
                                      "https://civitai.com/a b",
                                      "https://civi tai.com/",
                                      "https://civitai.com/a\nb",
                                      "https://civitai.com/a\x01",
                                      "http://[::1/",
                                      "data:text/plain,hello"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::usage) << text;
  }
}

TEST(UrlParse, RefusesUserNamesAndPasswords) {
  for (const std::string_view text : {"https://user@civitai.com/", "https://user:pass@civitai.com/",
                                      "https://:pass@civitai.com/", "https://civitai.com@evil.example/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().message, HasSubstr("user name or password")) << text;
  }
}

TEST(UrlParse, TellsNoSecretOfAUrlThatItRefuses) {
  for (const std::string_view text :
       {"https://user:s3cret@civitai.com/", "ftp://s3cret@civitai.com/", "ftp://civitai.com/a?token=s3cret",
        "ftp://civitai.com/a#token=s3cret", "https://a b/?s3cret", "https://civitai.com:x@s3cret:y@host/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().message, Not(HasSubstr("s3cret")));
  }
}

TEST(UrlParse, CleansTheTextThatItShows) {
  const auto url = Url::parse("ftp://civitai.com/\x1b[2Jx");
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, Not(HasSubstr("\x1b")));
}

TEST(UrlQuery, DecodesNamesAndValues) {
  const Url url = parsed("http://h/?a=1&b=x+y&c=%7C%3a%20&d=&e&f=a=b&%C3%A9=%e7%b4%99&g=50%&a=2");
  EXPECT_THAT(url.query(), ElementsAre(Pair("a", "1"), Pair("b", "x y"), Pair("c", "|: "), Pair("d", ""), Pair("e", ""),
                                       Pair("f", "a=b"), Pair("é", "紙"), Pair("g", "50%"), Pair("a", "2")));
  EXPECT_THAT(parsed("http://h/").query(), IsEmpty());
  EXPECT_THAT(parsed("http://h/?").query(), IsEmpty());
}

TEST(UrlQuery, FindsValuesInAnyLetterCase) {
  const Url url = parsed("http://h/?X-Amz-Expires=86400&a=1&a=2");
  EXPECT_EQ(url.query_value("x-amz-expires"), "86400");
  EXPECT_EQ(url.query_value("a"), "1");
  EXPECT_EQ(url.query_value("b"), std::nullopt);
}

TEST(UrlLoopback, IsThisMachineOnly) {
  for (const std::string_view text : {"http://localhost/", "http://LocalHost:1/", "http://127.0.0.1/",
                                      "http://127.9.9.9:80/", "http://[::1]/", "http://127.1/"}) {
    EXPECT_TRUE(parsed(text).is_loopback()) << text;
  }
  for (const std::string_view text :
       {"http://127.evil.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
        "http://10.0.0.1/", "http://[::2]/", "http://128.0.0.1/", "http://civitai.com/", "http://127-0-0-1.example/"}) {
    EXPECT_FALSE(parsed(text).is_loopback()) << text;
  }
}

TEST(UrlWithPath, AppendsTheSegmentAndEncodesTheParameters) {
  const Url base = parsed("https://civitai.com");
  EXPECT_EQ(base.with_path("api/v1/models").wire(), "https://civitai.com/api/v1/models");
  EXPECT_EQ(
      base.with_path("/api/v1/models", {{"cursor", "2026-05-30 08:15:44.201|9100300"}, {"tag", "a&b=c/é"}}).wire(),
      "https://civitai.com/api/v1/models?cursor=2026-05-30%2008%3A15%3A44.201%7C9100300&tag=a%26b%3Dc%2F%C3%A9");
  EXPECT_EQ(parsed("http://127.0.0.1:81/mirror/?a=1#x").with_path("api").wire(), "http://127.0.0.1:81/mirror/api");
  EXPECT_EQ(parsed("http://[::1]:81/").with_path("api").wire(), "http://[::1]:81/api");
}

TEST(UrlWithPath, GivesAUrlThatReadsBackTheSame) {
  const Url made = parsed("http://127.0.0.1:81").with_path("a/b", {{"x", "1 2"}, {"y", "|"}});
  const Url read = parsed(made.wire());
  EXPECT_EQ(read, made);
  EXPECT_EQ(read.path(), made.path());
  EXPECT_EQ(read.query(), made.query());
}

TEST(PercentCoding, EncodesEverythingButTheUnreserved) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode(" +|:/?&=%\"'"), "%20%2B%7C%3A%2F%3F%26%3D%25%22%27");
  EXPECT_EQ(percent_encode("é"), "%C3%A9");
  EXPECT_EQ(percent_encode(std::string_view("\0\xff", 2)), "%00%FF");
}

TEST(PercentCoding, LeavesAPercentSignThatStartsNoSequence) {
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
  EXPECT_EQ(percent_decode("%%41"), "%A");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(PercentCoding, IsUndoneByDecoding) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(every_byte)), every_byte);
}

}  // namespace
}  // namespace civitai::net
