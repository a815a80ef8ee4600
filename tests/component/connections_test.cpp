// Several connections for one file: they come where they help, share one link and one budget, and lose nothing.
#include "support/fault_case.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <sys/resource.h>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::uint64_t mib = 1UL << 20;
constexpr std::uint64_t file_size = 8 * mib;
constexpr std::uint64_t rate = 8 * mib;  // of each connection: slow enough to want company

WorldSettings on_a_slow_line(int connections = 8) {
  return {.site = {.storage_rate = rate}, .program = {.connections = connections}};
}

std::uint64_t fetched(const engine::RunReport& report) { return report.bytes_fetched().value; }

TEST(Connections, ComeWhereEachIsSlowAndFetchNothingTwice) {
  World world(one_file(file_size), on_a_slow_line());
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_EQ(world.journal().max_in_flight(standin::Place::storage), 8U);
  EXPECT_EQ(world.journal().resolves(only_file), 1U) << "one link is enough for all";
  EXPECT_LT(fetched(report), file_size * 105 / 100);
}

TEST(Connections, AreNoMoreThanAllowedForAFile) {
  for (const int allowed : {1, 3}) {
    World world(one_file(file_size), on_a_slow_line(allowed));
    expect_all_here(world, world.run());
    EXPECT_EQ(world.journal().max_in_flight(standin::Place::storage), static_cast<std::size_t>(allowed));
  }
}

TEST(Connections, ComeForAFileWhoseLengthOnlyTheStorageKnows) {
  World world(one_file(file_size, {.patches = {{.remove = {"sizeKB"}}}}), on_a_slow_line());
  expect_all_here(world, world.run());
  EXPECT_GT(world.journal().max_in_flight(standin::Place::storage), 1U);
}

TEST(Connections, AreSharedBetweenFiles) {
  WorldSettings settings = on_a_slow_line();
  settings.program.connections_in_all = 6;
  World world(many_files(4, 4 * mib), std::move(settings));
  expect_all_here(world, world.run());
  EXPECT_GT(world.journal().max_in_flight(standin::Place::storage), 4U);
  // Far from the 32 that the files would like. The site may still count one that the program has ended.
  EXPECT_LE(world.journal().max_in_flight(standin::Place::storage), 6U + 2U);
}

TEST(Connections, EachFileHasOneHoweverSmallTheBudget) {
  WorldSettings settings = on_a_slow_line();
  settings.program.connections_in_all = 1;
  World world(many_files(3, 2 * mib + 1), std::move(settings));
  expect_all_here(world, world.run());
  EXPECT_LE(world.journal().max_in_flight(standin::Place::storage), 3U);
}

class ConnectionFault : public ::testing::TestWithParam<FaultCase> {};

// What happens to one of them is made good by the others, with the same link and hardly a byte more.
TEST_P(ConnectionFault, CostsNextToNothing) {
  World world(one_file(file_size), on_a_slow_line());
  world.faults(GetParam().rules);
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_EQ(world.journal().resolves(only_file), 1U);
  EXPECT_LT(fetched(report), file_size * 105 / 100);
  EXPECT_LT(world.journal().count("storage"), 60U);
}

INSTANTIATE_TEST_SUITE_P(OneOfThem, ConnectionFault,
                         ::testing::Values(FaultCase{"Reset", {"storage=reset-after:300000@3"}},
                                           FaultCase{"ResetBeforeHeaders", {"storage=reset-before-headers@2"}},
                                           FaultCase{"TheFirstReset", {"storage=reset-after:100000@1"}},
                                           FaultCase{"EachResetOnce", {"storage=reset-after:300000@1-8"}},
                                           FaultCase{"Silent", {"storage=stall-after:100000@2"}},
                                           FaultCase{"SilentBeforeHeaders", {"storage=stall-before-headers@4"}},
                                           FaultCase{"NotLetIn", {"storage=status:503:xml@2-4"}},
                                           FaultCase{"ToldToWait", {"storage=status:429@3-5"}},
                                           FaultCase{"RefusedRange", {"storage=range-unsatisfiable@5"}},
                                           FaultCase{"WrongStart", {"storage=range-wrong-start:5@3"}},
                                           FaultCase{"NoContentRange", {"storage=range-no-content-range@2"}},
                                           FaultCase{"OtherTagForEach", {"storage=etag-change"}},
                                           FaultCase{"KeepAliveDropped", {"storage=keep-alive-dropped"}}),
                         name_of);

TEST(Connections, OneThatIsMuchTooSlowIsReplaced) {
  World world(one_file(file_size), on_a_slow_line());
  world.fault("storage=throttle:20000@2");
  expect_all_here(world, world.run());
  EXPECT_THAT(world.lines(), Contains(HasSubstr("much too slow")));
}

TEST(Connections, AStorageWithoutRangesIsLeftToOne) {
  World world(one_file(file_size), {.site = {.storage_rate = 16 * mib}});
  world.fault("storage=range-ignored");
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_EQ(fetched(report), file_size);
  EXPECT_EQ(world.journal().resolves(only_file), 1U);
}

TEST(Connections, AStorageThatSpeaksNoRangesAtAllGivesTheWholeFile) {
  for (const std::string_view fault : {"storage=range-wrong-start:5", "storage=range-multipart"}) {
    World world(one_file(file_size));
    world.fault(fault);
    expect_all_here(world, world.run());
    EXPECT_EQ(world.ranges().back(), "");
  }
}

TEST(Connections, ALinkThatExpiresIsRenewedOnceForAll) {
  World world(one_file(file_size), on_a_slow_line());
  world.fault("storage=link-expired@3");
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 2U);
}

TEST(Connections, ALinkThatIsDeadAtOnceIsRenewedOnceForAll) {
  World world(one_file(file_size), on_a_slow_line());
  world.faults({"download=link-expires-now@1", "storage=slow-headers:100"});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 2U);
}

TEST(Connections, ARedirectIsFollowedOnceForAll) {
  World world(one_file(file_size), on_a_slow_line());
  world.faults({"storage=redirect-to:{target}@1-8", "storage=slow-headers:100@1-8"});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 1U);
}

TEST(Connections, AnotherLengthFromOneOfThemIsSettledByANewLink) {
  World world(one_file(file_size), on_a_slow_line());
  world.fault("storage=length-change:5@3");
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 2U);
}

TEST(Connections, WhatSeveralHaveFetchedIsNotFetchedAgainByTheNextRun) {
  World world(one_file(file_size), on_a_slow_line());
  {
    std::jthread person([&] {
      EXPECT_TRUE(world.program().observer().wait_for_bytes(0, file_size / 2));
      world.program().stop.request_stop();
    });
    EXPECT_TRUE(world.run().stopped_by);
  }
  world.restart();
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_LT(fetched(report), file_size * 6 / 10);
  EXPECT_GT(world.journal().max_in_flight(standin::Place::storage), 4U);
}

// Seconds of processor time of this whole process: the program and the site.
double processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(Connections, WaitingForASilentStorageCostsNothing) {
  World world(one_file(file_size), {.program = {.stall_timeout = Milliseconds{60'000}}});
  world.fault("storage=stall-after:100000");
  std::jthread person([&] {
    EXPECT_TRUE(world.journal().wait_for("storage", 8, Milliseconds{20'000}));
    EXPECT_TRUE(world.program().observer().wait_for_bytes(0, 100'000));
    constexpr std::chrono::seconds watched{1};
    const double before = processor_time();
    std::this_thread::sleep_for(watched);
    EXPECT_LT(processor_time() - before, 0.1);
    world.program().stop.request_stop();
  });
  EXPECT_EQ(world.run().count(engine::ItemReport::Outcome::interrupted), 1U);
}

}  // namespace
}  // namespace civitai::test
