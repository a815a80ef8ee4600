// Connections that break, stall or lie on the way to a file: the transfer goes on from where it was.
#include "base/text.hpp"
#include "support/fake_clock.hpp"
#include "support/fault_case.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <system_error>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;

constexpr std::uint64_t file_size = 300'000;

// Faults that pass: in the end the file is there, and the site was not asked for links again and again.
class PassingTransferFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(PassingTransferFault, IsOvercome) {
  World world(one_file(file_size));
  world.faults(GetParam().rules);
  expect_all_here(world, world.run());
  EXPECT_LE(world.journal().resolves(only_file), 4U);
}

INSTANTIATE_TEST_SUITE_P(
    Connection, PassingTransferFault,
    ::testing::Values(
        FaultCase{"ResetBeforeHeaders", {"storage=reset-before-headers@1"}},
        FaultCase{"ClosedBeforeHeaders", {"storage=close-before-headers@1"}},
        FaultCase{"ResetAfterOneByte", {"storage=reset-after:1@1"}},
        FaultCase{"ResetHalfway", {"storage=reset-after:150000@1"}},
        FaultCase{"ResetTimeAndAgain", {"storage=reset-after:20000@1-12"}},
        FaultCase{"ClosedHalfway", {"storage=close-after:150000@1"}},
        FaultCase{"ClosedBeforeTheLastByte", {"storage=close-after:299999@1"}},
        FaultCase{"ClosedWithoutAByte", {"storage=close-after:0@1-3"}},
        FaultCase{"LengthMissing", {"storage=no-content-length"}},
        FaultCase{"LengthMissingAndReset", {"storage=no-content-length", "storage=reset-after:90000@1"}},
        FaultCase{"LengthTooLargeOnce", {"storage=content-length-too-large@1"}},
        FaultCase{"LengthTooSmallOnce", {"storage=content-length-too-small@1"}},
        FaultCase{"KeepAliveDropped", {"*=keep-alive-dropped"}}, FaultCase{"ConnectionClose", {"*=connection-close"}},
        FaultCase{"SlowHeaders", {"storage=slow-headers:300"}}, FaultCase{"Trickle", {"storage=trickle:600000"}},
        FaultCase{"Stall", {"storage=stall-after:100000@1"}},
        FaultCase{"SilentBeforeHeaders", {"storage=stall-before-headers@1"}}, FaultCase{"Cookie", {"*=set-cookie"}},
        FaultCase{"HugeHeader", {"storage=huge-header"}}, FaultCase{"HeaderCase", {"*=header-case"}},
        FaultCase{"TypeOfText", {"storage=content-type:text/plain"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(Status, PassingTransferFault,
                         ::testing::Values(FaultCase{"RequestTimeout", {"storage=status:408@1"}},
                                           FaultCase{"SlowDown", {"storage=status:429@1"}},
                                           FaultCase{"Crash", {"storage=status:500:xml@1"}},
                                           FaultCase{"BadGateway", {"storage=status:502@1-4"}},
                                           FaultCase{"Unavailable", {"storage=status:503:xml@1"}},
                                           FaultCase{"GatewayTimeout", {"storage=status:504@1"}},
                                           FaultCase{"EdgeTimeout", {"storage=status:524@1"}},
                                           FaultCase{"BrokenAndUnavailable",
                                                     {"storage=reset-after:100000@1", "storage=status:503:xml@2-4"}}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Resolve, PassingTransferFault,
                         ::testing::Values(FaultCase{"Reset", {"download=reset-before-headers@1"}},
                                           FaultCase{"Closed", {"download=close-before-headers@1-2"}},
                                           FaultCase{"RequestTimeout", {"download=status:408@1"}},
                                           FaultCase{"Crash", {"download=status:500:both@1"}},
                                           FaultCase{"CrashWithoutSense", {"download=status:500:array@1"}},
                                           FaultCase{"BadGateway", {"download=status:502@1-3"}},
                                           FaultCase{"EdgeTimeout", {"download=status:522@1"}},
                                           FaultCase{"PassingAbsence", {"download=status:404:transient@1-2"}},
                                           FaultCase{"Found", {"download=redirect-status:302"}},
                                           FaultCase{"Moved", {"download=redirect-status:301"}},
                                           FaultCase{"SeeOther", {"download=redirect-status:303"}},
                                           FaultCase{"Permanent", {"download=redirect-status:308"}},
                                           FaultCase{"ChainOnTheSite", {"download=redirect-chain:3"}},
                                           FaultCase{"NowhereOnce", {"download=redirect-no-location@1"}},
                                           FaultCase{"SlowHeaders", {"download=slow-headers:300"}}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Redirect, PassingTransferFault,
    ::testing::Values(FaultCase{"ChainOnTheStorage", {"storage=redirect-to:{target}@1-4"}},
                      FaultCase{"NowhereOnce", {"storage=redirect-to:{target}@1", "storage=redirect-no-location@1"}}),
    name_of);

TEST(Transport, FetchesOnlyWhatIsMissingAfterABreak) {
  World world(one_file(file_size));
  world.fault("storage=close-after:200000@1");
  expect_all_here(world, world.run());
  EXPECT_THAT(world.ranges(), ElementsAre("", "bytes=200000-"));
  EXPECT_EQ(world.bytes_from_storage(), file_size);
  EXPECT_EQ(world.journal().resolves(only_file), 1U);
}

TEST(Transport, SendsTheStorageOnlyWhatItNeeds) {
  World world(one_file(file_size), {.program = {.key = "valid-key"}});
  expect_all_here(world, world.run());
  const auto asked = world.journal().entries("storage");
  ASSERT_EQ(asked.size(), 1U);
  for (const auto& [name, value] : asked.front().headers) {
    EXPECT_THAT((std::vector<std::string>{"host", "user-agent", "accept", "accept-encoding"}),
                Contains(to_lower(name)));
  }
  EXPECT_EQ(asked.front().header("Accept-Encoding"), "identity");
  EXPECT_EQ(world.journal().entries("download").front().header("Authorization"), "Bearer valid-key");
}

TEST(Transport, SmallSizesAndTheirBorders) {
  for (const std::uint64_t size : {0UL, 1UL, 65'535UL, 65'536UL, (1UL << 20) - 1, (1UL << 20) + 1, (2UL << 20) + 1}) {
    World world(one_file(size));
    expect_all_here(world, world.run());
    EXPECT_EQ(std::filesystem::file_size(world.path(only_file)), size);
  }
}

TEST(Transport, AFileOfUnknownLengthEndsWithItsAnswer) {
  World world(one_file(file_size, {.patches = {{.remove = {"sizeKB"}}}}));
  world.fault("storage=no-content-length");
  expect_all_here(world, world.run());
  EXPECT_EQ(std::filesystem::file_size(world.path(only_file)), file_size);
}

TEST(Transport, WaitsAsLongAsTheStorageAsks) {
  FakeClock clock;
  World world(one_file(file_size), {.program = {.clock = &clock}});
  world.fault("storage=status:503:busy@1");  // Retry-After: 2
  expect_all_here(world, world.run());
  EXPECT_THAT(clock.sleeps(), Contains(Ge(Milliseconds{2'000})));
}

TEST(Transport, WaitsAsLongAsTheSiteAsksBeforeItGivesALink) {
  FakeClock clock;
  World world(one_file(file_size), {.program = {.clock = &clock}});
  world.fault("download=retry-after:3@1");  // 429: too many at once, as opposed to a used-up quota
  expect_all_here(world, world.run());
  EXPECT_THAT(clock.sleeps(), Contains(Ge(Milliseconds{3'000})));
}

TEST(Transport, GivesUpOnAStorageThatIsNotThere) {
  World world(one_file(file_size));
  world.site().close_door(standin::Place::storage);
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::network);
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::error);
  EXPECT_EQ(world.files(), world.remains()) << "nothing under a final name";
  world.site().open_door(standin::Place::storage);
  expect_all_here(world, world.run_again());
}

TEST(Transport, GivesUpOnAStorageThatStaysInTroubleAndKeepsWhatItHas) {
  World world(one_file(file_size));
  world.faults({"storage=close-after:200000@1", "storage=status:503:xml@2-"});
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::network);
  EXPECT_THAT(error.message, HasSubstr("503"));
  world.site().faults().clear();
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.ranges().back(), "bytes=200000-");
}

TEST(Transport, RedirectsInACircleEnd) {
  World world(one_file(file_size));
  world.fault("storage=redirect-loop");
  const Error by_storage = only_error(world.run());
  EXPECT_EQ(by_storage.kind, ErrorKind::network);
  EXPECT_THAT(by_storage.message, HasSubstr("circle"));
  world.site().faults().clear();
  world.fault("download=redirect-loop");
  const Error by_site = only_error(world.run_again());
  EXPECT_EQ(by_site.kind, ErrorKind::network);
  EXPECT_THAT(by_site.message, HasSubstr("circle"));
  EXPECT_LE(world.journal().count(), 40U);
}

TEST(Transport, ALinkToAnythingButTheWebIsRefused) {
  for (const std::string_view target : {"file:///etc/passwd", "gopher://127.0.0.1/"}) {
    World world(one_file(file_size));
    world.fault(format("download=redirect-to:{}", target));
    const auto report = world.run();
    EXPECT_EQ(only_error(report).kind, ErrorKind::insecure);
    ASSERT_TRUE(report.stopped_by);
    EXPECT_EQ(report.stopped_by->kind, ErrorKind::insecure);
  }
}

TEST(Transport, KeysDoNotFollowARedirectFromTheStorageBackToTheSite) {
  World world(one_file(file_size), {.program = {.key = "valid-key"}});
  world.fault("storage=redirect-to:{api}/login");
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::network);
  for (const auto& entry : world.journal().entries("login")) EXPECT_EQ(entry.header("Authorization"), "");
}

// A server that never says how to go on must not keep the program busy for ever.
TEST(Transport, AServerThatCutsAndCannotResumeIsGivenUp) {
  World world(one_file(1 << 20));
  world.faults({"storage=close-after:200000", "storage=range-ignored"});
  EXPECT_EQ(only_error(world.run()).kind, ErrorKind::network);
  EXPECT_LT(world.journal().count("storage"), 30U);
}

TEST(Transport, WorksOverTheNewerInternetProtocol) {
  try {
    const standin::Site probe({.address = "::1"});
  } catch (const std::system_error&) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
  World world(one_file(file_size), {.site = {.address = "::1"}, .program = {.key = "valid-key"}});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().entries("download").front().header("Authorization"), "Bearer valid-key");
}

TEST(Transport, ManySmallStepsAreProgressToo) {
  World world(one_file(file_size));
  world.fault("storage=close-after:20000");  // fifteen answers, each with less than a try needs to count
  expect_all_here(world, world.run());
}

}  // namespace
}  // namespace civitai::test
