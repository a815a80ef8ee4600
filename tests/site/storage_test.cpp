#include "site/raw_client.hpp"
#include "site/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace standin {
namespace {

using check::get;
using check::Reply;

constexpr std::uint64_t size = (2 << 20) + 17;

class Storage : public testing::Test {
 protected:
  Storage() {
    Catalogue catalogue;
    catalogue.add({.id = 10, .versions = {{.id = 20, .files = {{.id = 30, .name = "a.safetensors", .size = size}}}}});
    site_.change([&](Catalogue& all) { all = std::move(catalogue); });
    site_.look([&](const Catalogue& all) { bytes_ = all.find_file(30).file->bytes().text(); });
    link_ = resolve();
  }

  std::string resolve() { return get(site_.api_url() + "/api/download/models/20").header("Location"); }
  Reply part(const std::string& range, const Pairs& more = {}) {
    Pairs headers = {{"Range", range}};
    headers.insert(headers.end(), more.begin(), more.end());
    return get(link_, headers);
  }

  Site site_;
  std::string bytes_, link_;
};

TEST_F(Storage, ServesTheWholeFile) {
  const Reply reply = get(link_);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body == bytes_);
  EXPECT_EQ(reply.header("Content-Length"), std::to_string(size));
  EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(reply.header("Content-Disposition"), "attachment; filename=\"a.safetensors\"");
  EXPECT_NE(reply.header("ETag"), "");
  EXPECT_THAT(reply.header("Last-Modified"), testing::HasSubstr(" GMT"));
}

TEST_F(Storage, ServesRanges) {
  const std::string total = "/" + std::to_string(size);
  const Reply middle = part("bytes=1000-1999");
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(middle.header("Content-Range"), "bytes 1000-1999" + total);
  EXPECT_TRUE(middle.body == bytes_.substr(1000, 1000));
  const Reply open = part("bytes=2097152-");
  EXPECT_TRUE(open.body == bytes_.substr(2097152));
  const Reply suffix = part("bytes=-5");
  EXPECT_EQ(suffix.header("Content-Range"), "bytes 2097164-2097168" + total);
  EXPECT_TRUE(suffix.body == bytes_.substr(size - 5));
  const Reply beyond = part("bytes=" + std::to_string(size) + "-");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */" + std::to_string(size));
  EXPECT_EQ(part("bytes=0-0").body.size(), 1U);
  EXPECT_EQ(part("bytes=5-2").status, 200) << "nonsense is ignored";
}

TEST_F(Storage, HeedsIfRange) {
  const Reply first = part("bytes=0-9");
  EXPECT_EQ(part("bytes=5-9", {{"If-Range", first.header("ETag")}}).status, 206);
  EXPECT_EQ(part("bytes=5-9", {{"If-Range", first.header("Last-Modified")}}).status, 206);
  EXPECT_EQ(part("bytes=5-9", {{"If-Range", "\"other\""}}).status, 200);
}

TEST_F(Storage, RefusesCredentialsAndRemembersThem) {
  const Reply reply = get(link_, {{"Authorization", "Bearer valid-key"}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, testing::HasSubstr("<Code>InvalidRequest</Code>"));
  EXPECT_EQ(get(link_, {{"Cookie", "a=b"}}).status, 400);
  EXPECT_EQ(get(link_ + "&token=valid-key").status, 403) << "the link was changed";
  const auto leaks = site_.journal().leaks();
  ASSERT_EQ(leaks.size(), 3U);
  EXPECT_EQ(leaks[0].what, "Authorization");
  EXPECT_EQ(leaks[1].what, "Cookie");
  EXPECT_EQ(leaks[2].what, "token");
}

TEST_F(Storage, HonoursLinksOnlyAsGivenOut) {
  EXPECT_EQ(get(site_.storage_url() + "/model/1/a.safetensors").status, 403);
  EXPECT_EQ(check::request("HEAD", link_).status, 403);
}

TEST_F(Storage, ChecksExpiryWhenARequestStarts) {
  site_.change_options([](Options& options) { options.link_lifetime = std::chrono::seconds(60); });
  link_ = resolve();
  site_.advance_clock(std::chrono::seconds(59));
  EXPECT_EQ(part("bytes=0-9").status, 206);
  site_.advance_clock(std::chrono::seconds(2));
  const Reply expired = part("bytes=10-19");
  EXPECT_EQ(expired.status, 403);
  EXPECT_THAT(expired.body, testing::HasSubstr("ExpiredRequest"));
  link_ = resolve();
  EXPECT_TRUE(part("bytes=10-19").body == bytes_.substr(10, 10));
}

TEST_F(Storage, SpeaksLikeBackblazeWhenAsked) {
  const std::string tag = get(link_).header("ETag");
  site_.change_options([](Options& options) { options.backend = Backend::alternating; });
  const std::string one = resolve();
  const std::string two = resolve();
  EXPECT_NE(one.find("/file/civitai-modelfiles/") == std::string::npos,
            two.find("/file/civitai-modelfiles/") == std::string::npos);
  link_ = one.find("/file/") != std::string::npos ? one : two;
  const Reply reply = get(link_);
  EXPECT_TRUE(reply.body == bytes_);
  EXPECT_NE(reply.header("ETag"), tag) << "another backend, another tag";
  site_.expire_links();
  EXPECT_EQ(get(link_).status, 401);
}

TEST_F(Storage, NamesFilesInManyWays) {
  const auto named = [&](const std::string& variant) {
    site_.change([&](Catalogue& catalogue) {
      catalogue.file(30)->disposition = variant;
      catalogue.file(30)->name = "naïve 灯.bin";
    });
    return part("bytes=0-0").header("Content-Disposition");
  };
  EXPECT_EQ(named("absent"), "");
  EXPECT_EQ(named("unquoted"), "attachment; filename=naïve 灯.bin");
  EXPECT_EQ(named("latin1"), "attachment; filename=\"na\xEFve ?.bin\"");
  EXPECT_EQ(named("rfc5987"), "attachment; filename*=UTF-8''na%C3%AFve%20%E7%81%AF.bin");
  EXPECT_EQ(named("traversal"), "attachment; filename=\"../../naïve 灯.bin\"");
}

TEST_F(Storage, KeepsToItsRateOnEachConnection) {
  site_.change_options([](Options& options) { options.storage_rate = 4 << 20; });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(get(link_).body == bytes_);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(450));
}

TEST(StorageEdges, ServesEmptyAndTinyFiles) {
  Catalogue catalogue;
  catalogue.add({.versions = {{.id = 20, .files = {{.id = 30, .size = 0}, {.id = 31, .size = 1}}}}});
  Site site({}, std::move(catalogue));
  const auto link = [&](const std::string& id) {
    return get(site.api_url() + "/api/download/models/20?fileId=" + id).header("Location");
  };
  EXPECT_EQ(get(link("30")).status, 200);
  EXPECT_EQ(get(link("30")).body, "");
  EXPECT_EQ(get(link("30"), {{"Range", "bytes=0-"}}).status, 416);
  EXPECT_EQ(get(link("31")).body.size(), 1U);
}

TEST(StorageEdges, NeedsNoDiskForHugeFiles) {
  Catalogue catalogue;
  const std::uint64_t huge = std::uint64_t{6} << 30;
  catalogue.add({.versions = {{.id = 20, .files = {{.id = 30, .size = huge, .hashes = HashSet::none}}}}});
  Site site({}, std::move(catalogue));
  const std::string link = get(site.api_url() + "/api/download/models/20").header("Location");
  const Reply reply = get(link, {{"Range", "bytes=6442450940-"}});
  EXPECT_EQ(reply.header("Content-Range"), "bytes 6442450940-6442450943/6442450944");
  EXPECT_EQ(reply.body.size(), 4U);
}

}  // namespace
}  // namespace standin
