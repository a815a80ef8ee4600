// Which images a scan finds: both kinds of cursors, galleries version by version, lists that lie.
#include "engine/image_scan.hpp"

#include "site/generate.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Gallery : public ::testing::Test {
 protected:
  engine::ImageScan scan(World& world, const ImageQuery& query, const engine::IsKnown& is_known = nobody) {
    auto found = world.program().scan_images(query, is_known);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found ? std::move(*found) : engine::ImageScan{};
  }
  static bool nobody(ImageId) { return false; }
  static std::vector<std::int64_t> ids(const engine::ImageScan& scan) {
    std::vector<std::int64_t> ids;
    for (const auto& found : scan.images) ids.push_back(found.image.id.value);
    return ids;
  }
  static ImageQuery everything() {
    ImageQuery query;
    query.limit = 0;
    return query;
  }
};

TEST_F(Gallery, OfAModelIsWalkedVersionByVersion) {
  World world(standin::gallery_catalogue());
  ImageQuery query = everything();
  query.model_id = {50};
  const engine::ImageScan found = scan(world, query);
  EXPECT_EQ(found.images.size(), 16U);
  for (const auto& entry : world.journal().entries("images")) {
    EXPECT_THAT(entry.target, Not(HasSubstr("modelId=50")));
    EXPECT_THAT(entry.target, HasSubstr("browsingLevel=31"));
  }
}

TEST_F(Gallery, IsCutByLevelWordsAsAPersonExpects) {
  World world(standin::gallery_catalogue());
  ImageQuery query = everything();
  query.version_id = {51};
  query.nsfw = "Soft";
  EXPECT_THAT(ids(scan(world, query)), Not(Contains(503)));
  EXPECT_THAT(ids(scan(world, query)), Contains(502));
  query.nsfw = "true";
  EXPECT_THAT(ids(scan(world, query)), Contains(501));
  query.nsfw = "";
  query.browsing_level = 4 | 8;
  EXPECT_THAT(ids(scan(world, query)), UnorderedElementsAre(503, 504));
}

TEST_F(Gallery, OfManyPagesIsWholeOverAnEmptyPageAndEndsAtARepeatedCursor) {
  WorldSettings settings;
  settings.site.page_size_cap = 10;
  World world(standin::picture_catalogue({.count = 50, .size = 2048}), std::move(settings));
  world.fault("images=empty-page@2");
  world.fault("images=same-cursor@5");
  ImageQuery query = everything();
  query.version_id = {61};
  const engine::ImageScan found = scan(world, query);
  EXPECT_EQ(found.report.pages, 5);
  EXPECT_EQ(found.images.size(), 40U);
  EXPECT_TRUE(found.report.gave_up);
  EXPECT_THAT(found.report.notices, ElementsAre(HasSubstr("same cursor twice")));
}

TEST_F(Gallery, OfOnePostIsFollowedByCursorsThatAreNumbersToo) {
  WorldSettings settings;
  settings.site.page_size_cap = 10;
  World world(standin::picture_catalogue({.count = 25, .size = 2048}), std::move(settings));
  world.fault("images=cursor-number");
  ImageQuery query = everything();
  query.username = "aya_draws";
  const engine::ImageScan found = scan(world, query);
  EXPECT_GE(found.images.size(), 10U);
}

TEST_F(Gallery, StopsAtItsLimitAndAtWhatIsKnown) {
  World world(standin::picture_catalogue({.count = 20, .size = 2048}));
  ImageQuery query = everything();
  query.version_id = {61};
  query.limit = 7;
  EXPECT_EQ(scan(world, query).images.size(), 7U);
  EXPECT_TRUE(scan(world, query).report.limit_reached);

  query.limit = 0;
  std::vector<std::int64_t> expected = ids(scan(world, query));
  const auto is_known = [](std::int64_t id) { return id <= 100'015; };
  expected.erase(std::find_if(expected.begin(), expected.end(), is_known), expected.end());
  ASSERT_THAT(expected, Not(IsEmpty()));
  query.stop_at_known = true;
  const engine::ImageScan news = scan(world, query, [&](ImageId id) { return is_known(id.value); });
  EXPECT_EQ(ids(news), expected);
  EXPECT_TRUE(news.report.known_reached);
}

}  // namespace
}  // namespace civitai::test
