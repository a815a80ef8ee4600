// Walking the site's list to its end, whatever its pages are like.
#include "support/fake_clock.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int models_offered = 7;
constexpr std::size_t models_on_a_page = 3;

// Seven models on pages of three.
class Pages : public ::testing::Test {
 protected:
  Pages() { world.program().criteria.models.sort = "Newest"; }

  engine::ScanResult scan() { return expect_good(world.program().scan()); }

  static std::vector<std::int64_t> ids(const engine::ScanResult& result) {
    std::vector<std::int64_t> ids;
    for (const engine::ChosenModel& one : result.models) ids.push_back(one.model.id.value);
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  FakeClock clock;
  World world{many_files(models_offered, 1'000),
              {.site = {.page_size_cap = models_on_a_page}, .program = {.clock = &clock}}};
};

TEST_F(Pages, AreWalkedByCursorToTheEnd) {
  const auto result = scan();
  EXPECT_THAT(ids(result), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(result.report.pages, 3 + 3) << "date order loses rows: a second walk in another order has to follow";
  EXPECT_EQ(result.report.models, models_offered);
  EXPECT_EQ(result.report.versions, models_offered);
  EXPECT_EQ(result.report.files, models_offered);
  EXPECT_THAT(result.report.notices, IsEmpty());
  EXPECT_FALSE(result.report.trouble);
  for (const auto& entry : world.journal().entries("models")) {
    EXPECT_EQ(entry.target.find('|'), std::string::npos) << "a cursor has to be percent-encoded: " << entry.target;
  }
  EXPECT_EQ(world.journal().count(), 6U) << "list pages are enough: no request per model";
}

TEST_F(Pages, ThatAreEmptyOrShortAreNotTheEnd) {
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=empty-page@1");
  world.fault("models=short-page@2");
  const auto result = scan();
  EXPECT_EQ(result.report.pages, 3);
  EXPECT_THAT(ids(result), ::testing::IsSupersetOf({1, 4})) << "what is left of pages two and three";
  EXPECT_FALSE(result.report.trouble);
}

TEST_F(Pages, WithoutAnythingNewForLongEndTheWalkWithANotice) {
  world.site().change_options([](standin::Options& options) { options.page_size_cap = 1; });
  world.change([](standin::Catalogue& catalogue) {
    for (int i = 0; i < 40; ++i) catalogue.add({.versions = {{.files = {{.size = 10}}}}});
  });
  world.fault("models=empty-page");
  const auto result = scan();
  EXPECT_THAT(ids(result), IsEmpty());
  EXPECT_THAT(result.report.notices, ::testing::Contains(HasSubstr("in a row")));
  EXPECT_LT(world.journal().count("models"), 60U);
}

TEST_F(Pages, WhoseCursorComesBackEndTheWalkWithANotice) {
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=same-cursor");
  const auto result = scan();
  EXPECT_THAT(ids(result), ElementsAre(2, 3, 4, 5, 6, 7)) << "the first two pages";
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("same cursor twice")));
  EXPECT_TRUE(result.report.gave_up);
  EXPECT_EQ(world.journal().count("models"), 2U);
}

TEST_F(Pages, WhoseCursorsRunInACircleEndTheWalkWithANotice) {
  world.program().criteria.models.sort = "Most Downloaded";
  world.site().change_options([](standin::Options& options) { options.page_size_cap = 2; });
  world.fault("models=cursor-cycle");
  const auto result = scan();
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("same cursor twice")));
  EXPECT_LE(world.journal().count("models"), 4U);
}

TEST_F(Pages, MayHaveNumbersForCursors) {
  world.program().criteria.models.query = "model";  // the search's cursor is an offset
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=cursor-number");
  EXPECT_THAT(ids(scan()), ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST_F(Pages, WithoutACursorAreContinuedByTheirLink) {
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=nextpage-only");
  const auto result = scan();
  EXPECT_THAT(ids(result), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(result.report.notices, IsEmpty());
}

TEST_F(Pages, AreNotFollowedToAnotherHost) {
  world.restart([](DownloaderSettings& settings) { settings.key = "valid-key"; });
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=nextpage-elsewhere:" + world.site().images_url());
  world.fault("models=nextpage-only");
  const auto result = scan();
  EXPECT_EQ(result.report.pages, 1);
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("another host")));
  EXPECT_EQ(world.journal().max_connections(standin::Place::images), 0U);
}

TEST_F(Pages, WithANullCursorOrWithoutMetadataAreTheLast) {
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=cursor-null@2");
  EXPECT_EQ(scan().report.pages, 2);
  world.site().faults().clear();
  world.fault("models=no-metadata@1");
  EXPECT_EQ(scan().report.pages, 1);
}

TEST_F(Pages, ThatRepeatModelsGiveEachOnce) {
  world.program().criteria.models.sort = "Most Downloaded";
  world.fault("models=duplicate-item");
  const auto result = scan();
  EXPECT_THAT(ids(result), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(result.report.models, models_offered);
}

TEST_F(Pages, SortedByDateLoseModelsThatTheSecondWalkFinds) {
  world.site().change_options([](standin::Options& options) { options.newest_drops_one = true; });
  const auto result = scan();
  EXPECT_THAT(ids(result), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("a second walk found")));
  const auto sorts = world.journal().entries("models");
  EXPECT_THAT(sorts.back().target, HasSubstr("Downloaded"));
}

TEST_F(Pages, AreOnlyWalkedAgainWhereRowsCanBeLost) {
  world.program().criteria.models.sort = "Highest Rated";
  EXPECT_EQ(scan().report.pages, 3);
  world.restart();
  world.site().change_options([](standin::Options& options) { options.page_size_cap = 0; });
  world.program().criteria.models.sort = "Newest";
  EXPECT_EQ(scan().report.pages, 1) << "a single page has no boundary to lose a row at";
}

}  // namespace
}  // namespace civitai::test
