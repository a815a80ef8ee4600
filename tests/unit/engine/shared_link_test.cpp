#include "engine/shared_link.hpp"

#include <gtest/gtest.h>

#include <string>

namespace civitai::engine {
namespace {

Result<api::DownloadLink> link_to(const std::string& url) { return api::DownloadLink{*net::Url::parse(url), {}}; }

class SharedLinks : public ::testing::Test {
 protected:
  int asked_ = 0;
  LinkSource source_ = [this](const std::stop_token&) {
    ++asked_;
    return link_to("https://storage.test/file?n=" + std::to_string(asked_) +
                   "&response-content-disposition=attachment%3B%20filename%3Dlamp.bin");
  };
  SharedLink link_{source_};
};

TEST_F(SharedLinks, AreAskedForWhenOneIsNeeded) {
  EXPECT_FALSE(link_.is_there());
  ASSERT_TRUE(link_.renew({}));
  EXPECT_TRUE(link_.is_there());
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(link_.offered_name(), "lamp.bin");
}

TEST_F(SharedLinks, OnlyTheOneInForceMatters) {
  ASSERT_TRUE(link_.renew({}));
  const std::uint64_t old = link_.generation();
  EXPECT_TRUE(link_.is_in_force(old));
  link_.expire();
  EXPECT_FALSE(link_.is_in_force(old)) << "whoever tells second tells nothing new";
  ASSERT_TRUE(link_.renew({}));
  EXPECT_FALSE(link_.is_in_force(old));
  EXPECT_TRUE(link_.is_in_force(link_.generation()));
}

TEST_F(SharedLinks, KeepTheNameWhenTheyAreGone) {
  ASSERT_TRUE(link_.renew({}));
  link_.expire();
  EXPECT_EQ(link_.offered_name(), "lamp.bin");
}

TEST_F(SharedLinks, FollowTheStorageForAll) {
  ASSERT_TRUE(link_.renew({}));
  const std::uint64_t old = link_.generation();
  ASSERT_TRUE(link_.follow("/elsewhere"));
  EXPECT_EQ(link_.get().url.path(), "/elsewhere");
  EXPECT_FALSE(link_.is_in_force(old));
}

TEST_F(SharedLinks, DoNotGoRoundInCircles) {
  ASSERT_TRUE(link_.renew({}));
  int hops = 0;
  while (link_.follow("/again")) ASSERT_LT(++hops, 100);
  EXPECT_EQ(hops, 10);
}

TEST_F(SharedLinks, AreNotAskedForAgainAndAgainInVain) {
  int links = 0;
  while (link_.renew({})) {
    link_.expire();
    ASSERT_LT(++links, 100);
  }
  EXPECT_EQ(links, 6);
  EXPECT_EQ(asked_, 6);
  link_.count_progress();
  EXPECT_TRUE(link_.renew({}));
}

}  // namespace
}  // namespace civitai::engine
