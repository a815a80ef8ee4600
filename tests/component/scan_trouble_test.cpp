// Pages that arrive damaged, late or not at all.
#include "support/fake_clock.hpp"
#include "support/fault_case.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int models_offered = 7;

// Seven models on pages of three, and a clock whose pauses cost nothing.
class TroubledScan : public ::testing::Test {
 protected:
  engine::ScanResult scan() { return expect_good(world.program().scan()); }

  FakeClock clock;
  World world{many_files(models_offered, 1'000), {.site = {.page_size_cap = 3}, .program = {.clock = &clock}}};
};

// Faults that are gone with the second try.
class PassingPageFault : public TroubledScan, public ::testing::WithParamInterface<FaultCase> {};

TEST_P(PassingPageFault, IsTriedAgain) {
  world.faults(GetParam().rules);
  const auto result = scan();
  EXPECT_EQ(result.report.models, models_offered);
  EXPECT_FALSE(result.report.trouble);
  EXPECT_THAT(result.report.notices, IsEmpty());
  EXPECT_EQ(world.journal().count("models"), 3U + 1U);
}

INSTANTIATE_TEST_SUITE_P(
    All, PassingPageFault,
    ::testing::Values(
        FaultCase{"TruncatedJson", {"models=truncated-json@2"}}, FaultCase{"HalfAPage", {"models=close-after:400@2"}},
        FaultCase{"Reset", {"models=reset-before-headers@1"}}, FaultCase{"EmptyBody", {"models=empty-body@2"}},
        FaultCase{"HtmlAsGood", {"models=html-200@2"}}, FaultCase{"ItemsAbsent", {"models=items-absent@2"}},
        FaultCase{"ItemsNull", {"models=items-null@2"}}, FaultCase{"WrongEncoding", {"models=wrong-encoding@1"}},
        FaultCase{"Timeout", {"models=status:408@1"}}, FaultCase{"SlowDown", {"models=status:429@2"}},
        FaultCase{"Crash", {"models=status:500@2"}}, FaultCase{"BadGateway", {"models=status:502@1"}},
        FaultCase{"Unavailable", {"models=status:503:busy@2"}}, FaultCase{"EdgeTimeout", {"models=status:524@3"}}),
    name_of);

// Oddities that a lenient reader does not even notice.
class OddPage : public TroubledScan, public ::testing::WithParamInterface<FaultCase> {};

TEST_P(OddPage, IsReadAllTheSame) {
  world.faults(GetParam().rules);
  const auto result = scan();
  EXPECT_EQ(result.report.models, models_offered);
  EXPECT_FALSE(result.report.trouble);
  EXPECT_EQ(world.journal().count("models"), 3U);
}

INSTANTIATE_TEST_SUITE_P(
    All, OddPage,
    ::testing::Values(
        FaultCase{"ByteOrderMark", {"models=bom"}}, FaultCase{"InvalidUtf8", {"models=invalid-utf8"}},
        FaultCase{"NulInText", {"models=nul-in-string"}}, FaultCase{"BigNumber", {"models=big-number"}},
        FaultCase{"ExponentIds", {"models=exponent-integers"}}, FaultCase{"DuplicateKeys", {"models=duplicate-keys"}},
        FaultCase{"NoLength", {"models=no-content-length"}}, FaultCase{"GzipUnasked", {"models=gzip"}},
        FaultCase{"GzipBomb", {"models=gzip-bomb:20000000"}}, FaultCase{"TotalZero", {"models=total-zero"}},
        FaultCase{"WrongType", {"models=content-type:text/plain"}}, FaultCase{"HeaderCase", {"models=header-case"}},
        FaultCase{"HugeHeader", {"models=huge-header"}}, FaultCase{"Cookie", {"*=set-cookie"}},
        FaultCase{"LostConnection", {"models=keep-alive-dropped"}}, FaultCase{"Large", {"models=huge-body:5000000"}}),
    name_of);

TEST_F(TroubledScan, WaitsAsLongAsTheSiteAsks) {
  world.fault("models=status:503:busy@2");  // Retry-After: 2
  EXPECT_EQ(scan().report.models, models_offered);
  EXPECT_THAT(clock.sleeps(), ElementsAre(Ge(Milliseconds{2'000})));
}

TEST_F(TroubledScan, UnderstandsADateToWaitFor) {
  world.fault("models=retry-after:Mon, 01 Jun 2026 00:00:07 GMT@1");  // the fake clock stands at midnight
  EXPECT_EQ(scan().report.models, models_offered);
  EXPECT_THAT(clock.sleeps(), ElementsAre(Ge(Milliseconds{7'000})));
}

TEST_F(TroubledScan, DoesNotWaitForAbsurdlyLong) {
  world.fault("models=retry-after:99999999@1");
  EXPECT_EQ(scan().report.models, models_offered);
  EXPECT_LE(clock.elapsed(), std::chrono::minutes(6));
}

TEST_F(TroubledScan, GivesUpOnAPermanentRefusalToGoOn) {
  world.fault("models=status:429");
  const auto result = world.program().scan();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(world.journal().count("models"), 5U) << "the tries of the one retry policy";
}

TEST_F(TroubledScan, KeepsWhatItFoundBeforeItBrokeOff) {
  world.fault("models=status:502@3-");
  const auto result = scan();
  EXPECT_EQ(result.report.pages, 2);
  EXPECT_EQ(result.models.size(), 6U);
  ASSERT_TRUE(result.report.trouble);
  EXPECT_EQ(result.report.trouble->kind, ErrorKind::network);
  EXPECT_THAT(result.report.notices, Contains(HasSubstr("broke off after page 2")));
}

TEST_F(TroubledScan, TakesARefusedCursorOfTheSitesOwnForTheEnd) {
  world.fault("models=status:400:message@3");
  const auto result = scan();
  EXPECT_EQ(result.models.size(), 6U);
  EXPECT_FALSE(result.report.trouble);
  EXPECT_THAT(result.report.notices, ElementsAre(HasSubstr("own cursor")));
}

TEST_F(TroubledScan, LeavesOutWhatCannotBeReadAndSaysSo) {
  world.change([](standin::Catalogue& catalogue) {
    catalogue.model(2)->patches = {{.set = R"({"id":"none"})"}};
    catalogue.model(5)->patches = {{.remove = {"id"}}};
  });
  const auto result = scan();
  EXPECT_EQ(result.report.models, models_offered - 2);
  EXPECT_THAT(result.report.notices, Contains(HasSubstr("unreadable")));
}

TEST_F(TroubledScan, SurvivesHostileNesting) {
  world.fault("models=deep-nesting:100000@1");
  EXPECT_EQ(scan().report.models, models_offered);
}

TEST_F(TroubledScan, SaysWhatIsWrongWhenTheSiteIsNotThere) {
  world.site().close_door(standin::Place::api);
  const auto result = world.program().scan();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::network);
  EXPECT_THAT(result.error().message, HasSubstr("127.0.0.1"));
}

TEST_F(TroubledScan, SaysWhenTheCountryIsRefused) {
  world.fault("models=status:451:region");
  const auto result = world.program().scan();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("country"));
  EXPECT_EQ(world.journal().count("models"), 1U);
}

TEST_F(TroubledScan, SaysWhenTheEdgeRefuses) {
  for (const std::string_view variant : {"challenge", "edge-1010"}) {
    world.site().faults().clear();
    world.fault(format("models=status:403:{}", variant));
    const auto result = world.program().scan();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("edge"));
    EXPECT_FALSE(result.error().hint.empty());
  }
}

TEST_F(TroubledScan, CanBeStopped) {
  world.fault("models=stall-before-headers@2");
  std::jthread person([&] {
    EXPECT_TRUE(world.journal().wait_for("models", 2, Milliseconds{10'000}));
    world.program().stop.request_stop();
  });
  const auto result = world.program().scan();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
}

TEST_F(TroubledScan, EndsWithASiteThatFallsSilent) {
  world.restart([](DownloaderSettings& settings) {
    settings.timeout = Milliseconds{200};
    settings.retry.tries = 2;
  });
  world.fault("models=stall-before-headers@3-");
  const auto result = scan();
  EXPECT_EQ(result.report.pages, 2);
  ASSERT_TRUE(result.report.trouble);
  EXPECT_EQ(result.report.trouble->kind, ErrorKind::network);
}

}  // namespace
}  // namespace civitai::test
