// Stopping a run, and going on later.
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace civitai::test {
namespace {

using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Outcome = engine::ItemReport::Outcome;

constexpr std::uint64_t file_size = 400'000;
constexpr std::uint64_t slack = 1'000;

WorldSettings patiently() { return {.program = {.stall_timeout = Milliseconds{60'000}}}; }

// Runs until so many bytes of the first item are here, then asks it to stop.
engine::RunReport run_until(World& world, std::uint64_t bytes) {
  std::jthread person([&] {
    EXPECT_TRUE(world.program().observer().wait_for_bytes(0, bytes));
    world.program().stop.request_stop();
  });
  return world.run();
}

TEST(Stopping, KeepsWhatIsHereAndTheNextRunFetchesTheRest) {
  World world(one_file(file_size), patiently());
  world.fault("storage=stall-after:250000@1");
  const auto report = run_until(world, 250'000);
  EXPECT_EQ(report.items.front().outcome, Outcome::interrupted);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::cancelled);
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::pending);
  EXPECT_EQ(world.files(), world.remains());
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.ranges().back(), "bytes=250000-");
  EXPECT_LT(world.bytes_from_storage(), file_size + slack);
}

TEST(Stopping, ThePlanOfTheNextRunKnowsWhatIsHere) {
  World world(one_file(file_size), patiently());
  world.fault("storage=stall-after:250000@1");
  static_cast<void>(run_until(world, 250'000));
  world.restart();
  const engine::Plan plan = world.plan();
  ASSERT_EQ(plan.items.size(), 1U);
  EXPECT_EQ(plan.items.front().here.value, 250'000U);
  EXPECT_EQ(plan.bytes_to_fetch().value, file_size - 250'000);
}

TEST(Stopping, InterruptsEveryWorkerAndStartsNothingMore) {
  WorldSettings settings = patiently();
  settings.program.concurrency = 3;
  World world(many_files(6, file_size), std::move(settings));
  world.fault("storage=stall-after:100000");
  std::jthread person([&] {
    // None of the three has to wait for another one that stalls.
    for (std::size_t item = 0; item < 3; ++item) EXPECT_TRUE(world.program().observer().wait_for_bytes(item, 100'000));
    world.program().stop.request_stop();
  });
  const auto report = world.run();
  EXPECT_EQ(report.count(Outcome::interrupted) + report.count(Outcome::not_started), 6U);
  EXPECT_GE(report.count(Outcome::not_started), 3U);
  world.site().faults().clear();
  expect_all_here(world, world.run_again());
  EXPECT_LT(world.bytes_from_storage(), 6 * file_size + slack) << "what is here is not sent again";
}

TEST(Stopping, WorksWhileTheSiteIsSilent) {
  for (const std::string_view rule : {"download=stall-before-headers", "storage=stall-before-headers"}) {
    World world(one_file(file_size), patiently());
    world.fault(rule);
    const std::string route(rule.substr(0, rule.find('=')));
    std::jthread person([&] {
      EXPECT_TRUE(world.journal().wait_for(route, 1, Milliseconds{20'000}));
      world.program().stop.request_stop();
    });
    EXPECT_EQ(world.run().items.front().outcome, Outcome::interrupted);
    EXPECT_EQ(world.entry(only_file).status, EntryStatus::pending);
  }
}

TEST(Stopping, WorksDuringALongPause) {
  World world(one_file(file_size), patiently());
  world.fault("storage=retry-after:200");
  std::jthread person([&] {
    EXPECT_TRUE(world.journal().wait_for("storage", 1, Milliseconds{20'000}));
    world.program().stop.request_stop();
  });
  EXPECT_EQ(world.run().items.front().outcome, Outcome::interrupted);
}

TEST(Stopping, BytesInDoubtAreNotThrownAway) {
  World world(one_file(file_size), patiently());
  world.faults({"storage=wrong-bytes@1", "version=stall-before-headers"});
  std::jthread person([&] {
    // The bytes are refuted; the site is being asked whether it has changed its mind.
    EXPECT_TRUE(world.journal().wait_for("version", 1, Milliseconds{20'000}));
    world.program().stop.request_stop();
  });
  EXPECT_EQ(world.run().items.front().outcome, Outcome::interrupted);
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::pending);
  EXPECT_THAT(world.remains(), UnorderedElementsAre(EndsWith(".33.tmp"), EndsWith(".33.state.tmp")));
}

TEST(Stopping, BeforeTheFirstItemDoesNothing) {
  World world(many_files(3));
  const engine::Plan plan = world.plan();
  world.program().stop.request_stop();
  const auto report = world.run(plan);
  EXPECT_EQ(report.count(Outcome::not_started), 3U);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_THAT(world.files(), IsEmpty());
}

}  // namespace
}  // namespace civitai::test
