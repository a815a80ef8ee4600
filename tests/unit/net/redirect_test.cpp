#include "net/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Hop {
  std::string_view from;
  std::string_view location;
  std::string_view target;
};

TEST(Redirected, FindsTheTarget) {
  const std::vector<Hop> hops = {
      {"https://civitai.com/api/download/models/1", "https://b2.civitai.com/file/x?Authorization=3_a",
       "https://b2.civitai.com/file/x?Authorization=3_a"},
      {"https://civitai.green/api/v1/models?a=1", "https://civitai.com/api/v1/models?a=1",
       "https://civitai.com/api/v1/models?a=1"},
      {"https://civitai.com/api/download/models/1?fileId=2", "/login?returnUrl=%2Fmodel-versions%2F1",
       "https://civitai.com/login?returnUrl=%2Fmodel-versions%2F1"},
      {"https://civitai.com/a/b", "c", "https://civitai.com/a/c"},
      {"https://civitai.com/a/b/", "../c", "https://civitai.com/a/c"},
      {"https://civitai.com/a/b?x=1", "?y=2", "https://civitai.com/a/b?y=2"},
      {"https://civitai.com/a", "//cdn.example/b", "https://cdn.example/b"},
      {"http://127.0.0.1:81/a", "/b", "http://127.0.0.1:81/b"},
      {"http://127.0.0.1:81/a", "https://civitai.com/b", "https://civitai.com/b"},
      {"http://127.0.0.1:81/a", "http://127.0.0.1:82/b", "http://127.0.0.1:82/b"},
      {"https://civitai.com/a", "  /b \r", "https://civitai.com/b"},
      {"https://civitai.com/a", "https://cdn.example/my model.zip", "https://cdn.example/my%20model.zip"},
      {"https://civitai.com/a", "https://cdn.example/紙.zip?n=é", "https://cdn.example/%E7%B4%99.zip?n=%C3%A9"},
      {"https://civitai.com/a", "/caf\xe9", "https://civitai.com/caf%E9"},
      {"https://civitai.com/a", "https://cdn.example/a%20b?x=%2F", "https://cdn.example/a%20b?x=%2F"},
      {"https://civitai.com/a", "https://cdn.example/b#fragment", "https://cdn.example/b"},
      {"https://civitai.com/a", "HTTPS://CDN.example/b", "https://cdn.example/b"},
  };
  for (const Hop& hop : hops) {
    SCOPED_TRACE(hop.location);
    const auto target = Url::parse(hop.from)->redirected(hop.location);
    ASSERT_TRUE(target) << target.error().message;
    const Url expected = *Url::parse(hop.target);
    EXPECT_EQ(target->host(), expected.host());
    EXPECT_EQ(target->origin() + target->path(), expected.origin() + expected.path());
    EXPECT_EQ(target->query(), expected.query());
  }
}

TEST(Redirected, KeepsASignedLinkAsItIs) {
  const std::string link =
      "https://x.r2.cloudflarestorage.com/model/1/a.Ab1z.safetensors?X-Amz-Credential=k%2F20260601%2Fauto%2Fs3"
      "&X-Amz-Signature=00ff&response-content-disposition=attachment%3B%20filename%3D%22a%20b.safetensors%22";
  const auto target = Url::parse("https://civitai.com/api/download/models/1")->redirected(link);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->wire(), link);
}

TEST(Redirected, RefusesToLeaveHttp) {
  for (const std::string_view location :
       {"file:///etc/passwd", "gopher://civitai.com/1", "ftp://civitai.com/a", "javascript:alert(1)", "data:,x",
        "mailto:a@b.example", "ws://civitai.com/", "FILE:///etc/passwd", "smb://host/share", "file:/etc/passwd"}) {
    for (const std::string_view from : {"https://civitai.com/a", "http://127.0.0.1:81/a"}) {
      const auto target = Url::parse(from)->redirected(location);
      ASSERT_FALSE(target) << location;
      EXPECT_EQ(target.error().kind, ErrorKind::insecure) << location << ": " << target.error().message;
    }
  }
}

TEST(Redirected, RefusesToGoFromHttpsToHttp) {
  for (const std::string_view location : {"http://civitai.com/a", "HTTP://civitai.com/a", "http://127.0.0.1/"}) {
    const auto target = Url::parse("https://civitai.com/a")->redirected(location);
    ASSERT_FALSE(target) << location;
    EXPECT_EQ(target.error().kind, ErrorKind::insecure);
  }
}

// An answer of a server is never a mistake of the person.
TEST(Redirected, TakesNonsenseForTroubleOfTheServer) {
  for (const std::string_view location : {"https://", "https://user:s3cret@evil.example/", "https://civitai.com:99999/",
                                          "http://[::1/", "https:///", "https://s3cret@evil.example/?s3cret"}) {
    const auto target = Url::parse("https://civitai.com/a")->redirected(location);
    ASSERT_FALSE(target) << location;
    EXPECT_TRUE(target.error().kind == ErrorKind::network || target.error().kind == ErrorKind::insecure) << location;
    EXPECT_THAT(target.error().message, Not(HasSubstr("s3cret")));
    EXPECT_THAT(target.error().message, HasSubstr("civitai.com"));
  }
}

}  // namespace
}  // namespace civitai::net
