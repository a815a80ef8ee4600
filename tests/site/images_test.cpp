#include "site/documents.hpp"
#include "site/pictures.hpp"
#include "site/raw_client.hpp"
#include "site/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace standin {
namespace {

using check::get;
using check::Reply;

Catalogue gallery() {
  Catalogue catalogue;
  std::vector<Image> own;
  for (int i = 0; i < 5; ++i) own.push_back({.id = 40 + i, .kind = "png", .meta = R"({"seed":1})", .likes = i});
  own.push_back({.id = 50, .level = 16});
  own.push_back({.id = 51, .type = "video", .kind = "mp4", .post_id = 7, .still_without_quality = true});
  catalogue.add({.id = 10,
                 .versions = {{.id = 20,
                               .files = {{}},
                               .images = std::move(own),
                               .gallery = {{.id = 60, .kind = "webp", .username = "aya_draws"}}}}});
  catalogue.add({.id = 11, .versions = {{.id = 21, .files = {{}}, .images = {{.id = 70}}}}});
  return catalogue;
}

class Images : public testing::Test {
 protected:
  Site site_{{}, gallery()};

  Json page(const std::string& query) {
    const Reply reply = get(site_.api_url() + "/api/v1/images?" + query);
    EXPECT_EQ(reply.status, 200) << query << reply.body;
    return Json::parse(reply.body, nullptr, false);
  }
  std::set<std::int64_t> walk(const std::string& query) {
    std::set<std::int64_t> found;
    std::string cursor;
    for (int guard = 0; guard < 50; ++guard) {
      const Json document = page(query + cursor);
      for (const Json& item : document["items"]) found.insert(item["id"].get<std::int64_t>());
      if (!document["metadata"].contains("nextCursor")) return found;
      const Json& next = document["metadata"]["nextCursor"];
      cursor = "&cursor=" + percent_encode(next.is_string() ? next.get<std::string>() : next.dump());
    }
    ADD_FAILURE() << "the list does not end";
    return found;
  }
  std::string url(std::int64_t id) {
    const Json document = page("modelVersionId=20&browsingLevel=31");
    for (const Json& item : document["items"]) {
      if (item["id"] == id) return item["url"];
    }
    return {};
  }
};

TEST_F(Images, ComeFromTheIndexWithTextCursorsAndFlatData) {
  const Json document = page("modelVersionId=20&limit=2&withMeta=true&sort=Newest");
  EXPECT_THAT(document["metadata"]["nextCursor"].get<std::string>(), testing::StartsWith("2|"));
  EXPECT_EQ(page("modelVersionId=20&sort=Most%20Reactions&withMeta=true")["items"][0]["meta"]["seed"], 1);
  EXPECT_EQ(walk("modelVersionId=20&limit=2"), (std::set<std::int64_t>{40, 41, 42, 43, 44, 51, 60}));
}

TEST_F(Images, ComeFromTheDatabaseWithNumberCursorsAndWrappedData) {
  const Json document = page("modelId=10&limit=6&withMeta=true");
  EXPECT_TRUE(document["metadata"]["nextCursor"].is_number());
  EXPECT_EQ(document["items"][5]["meta"]["id"], 41);
  EXPECT_EQ(document["items"][5]["meta"]["meta"]["seed"], 1);
  EXPECT_EQ(walk("modelId=10&limit=2").size(), 7U);
  site_.change_options([](Options& options) { options.newest_drops_one = true; });
  EXPECT_LT(walk("modelId=10&limit=2").size(), 7U);
}

TEST_F(Images, AreChosenByLevel) {
  EXPECT_FALSE(walk("modelVersionId=20").contains(50));
  EXPECT_TRUE(walk("modelVersionId=20&nsfw=X").contains(50));
  EXPECT_EQ(walk("modelVersionId=20&nsfw=true"), (std::set<std::int64_t>{50})) << "true leaves the harmless ones out";
  EXPECT_EQ(walk("modelVersionId=20&browsingLevel=31&nsfw=None").size(), 8U);
}

TEST_F(Images, AreChosenByOtherFilters) {
  EXPECT_EQ(walk("username=aya_draws"), (std::set<std::int64_t>{60}));
  EXPECT_EQ(walk("postId=7"), (std::set<std::int64_t>{51}));
  EXPECT_EQ(walk("type=video"), (std::set<std::int64_t>{51}));
  EXPECT_EQ(walk("imageId=43"), (std::set<std::int64_t>{43}));
  for (const auto* bad : {"limit=201", "sort=Random", "type=gif", "baseModels=Nope", "username=a%20b", "nsfw=Lots"}) {
    EXPECT_EQ(get(site_.api_url() + "/api/v1/images?" + bad).status, 400) << bad;
  }
  EXPECT_EQ(get(site_.api_url() + "/api/v1/images?username=nobody").status, 404);
  EXPECT_EQ(get(site_.api_url() + "/api/v1/images?page=11&limit=100").status, 429);
}

TEST_F(Images, HideTheirKindBehindTheExtension) {
  const std::string link = url(40);
  EXPECT_THAT(link, testing::EndsWith(".jpeg"));
  const Reply reply = get(link);
  EXPECT_EQ(reply.header("Content-Type"), "image/png");
  EXPECT_EQ(reply.body.substr(1, 3), "PNG");
  EXPECT_EQ(reply.header("Content-Length"), std::to_string(reply.body.size()));
  EXPECT_EQ(get(link, {{"Range", "bytes=5-9"}}).body, reply.body.substr(5, 5));
}

TEST_F(Images, HaveNoLengthWhenTransformed) {
  std::string link = url(41);
  link.replace(link.find("original=true"), 13, "width=450");
  const Reply reply = get(link);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Length"), "");
  EXPECT_EQ(reply.end, check::End::complete);
}

TEST_F(Images, GiveAStillForAVideoUnlessQualityIsAskedFor) {
  std::string link = url(51);
  EXPECT_EQ(get(link).header("Content-Type"), "image/webp");
  link.replace(link.find("original=true"), 13, "original=true,quality=100");
  EXPECT_EQ(get(link).header("Content-Type"), "video/mp4");
}

TEST_F(Images, RedirectWhenAsked) {
  site_.change_options([](Options& options) { options.image_redirect = ImageRedirect::to_cache; });
  const Reply hop = get(url(42));
  EXPECT_EQ(hop.status, 302);
  EXPECT_THAT(hop.header("Location"), testing::HasSubstr("/file/civitai-media-cache/"));
  EXPECT_EQ(get(hop.header("Location")).header("Content-Type"), "image/png");
}

TEST_F(Images, RememberCredentialsSentToThem) {
  EXPECT_EQ(get(url(42), {{"Authorization", "Bearer valid-key"}}).status, 200);
  EXPECT_EQ(site_.journal().leaks().size(), 1U);
  EXPECT_EQ(get(site_.images_url() + "/a/b/c/d").status, 404);
}

TEST(Pictures, CarryTheirMagicBytes) {
  const std::pair<const char*, std::string> magic[] = {{"jpeg", "\xFF\xD8\xFF"}, {"png", "\x89PNG"},
                                                       {"gif", "GIF8"},          {"webp", "RIFF"},
                                                       {"mp3", "ID3"},           {"webm", "\x1A\x45"}};
  for (const auto& [kind, start] : magic) {
    const std::string bytes = picture_bytes(kind, 1, 4096);
    EXPECT_EQ(bytes.substr(0, start.size()), start) << kind;
    EXPECT_GE(bytes.size(), 4000U) << kind;
    EXPECT_NE(bytes, picture_bytes(kind, 2, 4096)) << kind;
  }
  EXPECT_EQ(picture_bytes("avif", 1, 100).substr(4, 8), "ftypavif");
  EXPECT_EQ(picture_bytes("mp4", 1, 100).substr(4, 8), "ftypisom");
  EXPECT_THROW((void)picture_bytes("bmp", 1, 1), std::invalid_argument);
}

}  // namespace
}  // namespace standin
