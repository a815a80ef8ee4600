// What the site will not give: each refusal has words of its own and says what the person can do.
#include "support/fake_clock.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Outcome = engine::ItemReport::Outcome;

WorldSettings with_key(std::string key) { return {.program = {.key = std::move(key), .concurrency = 1}}; }

TEST(Refusals, LoginNeeded) {
  World world(one_file(), {.site = {.login = standin::Login::required}});
  const auto report = world.run();
  const Error error = only_error(report);
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_THAT(error.message, HasSubstr("signed-in users only"));
  EXPECT_THAT(error.hint, HasSubstr("CIVITAI_TOKEN"));
  EXPECT_FALSE(report.stopped_by) << "other files may be free";
  EXPECT_THAT(world.entry(only_file).error, HasSubstr("CIVITAI_TOKEN"));
  EXPECT_THAT(world.files(), IsEmpty());
}

TEST(Refusals, LoginPageInsteadOfAnAnswer) {
  for (const std::string_view rule :
       {"download=redirect-to:/login?returnUrl=%2F", "download=html-200", "download=redirect-to:{api}/login"}) {
    World world(one_file());
    world.fault(rule);
    const Error error = only_error(world.run());
    EXPECT_EQ(error.kind, ErrorKind::authentication) << rule;
    EXPECT_THAT(error.hint, HasSubstr("CIVITAI_TOKEN"));
    EXPECT_EQ(world.journal().count("storage"), 0U);
  }
}

TEST(Refusals, ARefusedKeyEndsTheRun) {
  for (const std::string key : {"expired-key", "no-such-key"}) {
    WorldSettings settings = with_key(key);
    settings.site.login = standin::Login::required;
    World world(many_files(5, 1'000), std::move(settings));
    const engine::Plan plan = world.plan();
    const auto report = world.run(plan);
    ASSERT_TRUE(report.stopped_by);
    EXPECT_EQ(report.stopped_by->kind, ErrorKind::authentication);
    EXPECT_THAT(report.stopped_by->message, HasSubstr("refuses the API key"));
    EXPECT_EQ(report.count(Outcome::failed), 1U);
    EXPECT_EQ(report.count(Outcome::not_started), 4U);
    EXPECT_THAT(report.items.front().error->message, HasSubstr("refuses the API key")) << "not: downloads switched off";
    const FileId first = plan.file_of(plan.items.front().place).id;
    EXPECT_THAT(world.entry(first.value).error, HasSubstr("refuses the API key"));
    EXPECT_EQ(world.journal().count("me"), 1U);
  }
}

TEST(Refusals, ManyWorkersLearnOfARefusedKeyOnce) {
  WorldSettings settings = with_key("expired-key");
  settings.site.login = standin::Login::required;
  settings.program.concurrency = 4;
  World world(many_files(12, 1'000), std::move(settings));
  const auto report = world.run();
  EXPECT_EQ(world.journal().count("me"), 1U);
  EXPECT_LE(world.journal().count("download"), 4U);
  for (const auto& item : report.items) {
    if (item.outcome != Outcome::failed) continue;
    EXPECT_THAT(item.error->message, HasSubstr("refuses the API key"));
  }
}

TEST(Refusals, DownloadsSwitchedOffByTheCreator) {
  World world(many_files(2, 1'000), with_key("valid-key"));
  const engine::Plan plan = world.plan();  // a list does not tell
  world.change([](standin::Catalogue& catalogue) { catalogue.version(1001)->usage_control = "Generation"; });
  const auto report = world.run(plan);
  EXPECT_EQ(report.count(Outcome::failed), 1U);
  EXPECT_EQ(report.count(Outcome::downloaded), 1U);
  EXPECT_FALSE(report.stopped_by) << "the key is good";
  EXPECT_THAT(world.entry(1).error, HasSubstr("switched downloads off"));
}

TEST(Refusals, EarlyAccessTellsTheDay) {
  World world(one_file(), with_key("valid-key"));
  const engine::Plan plan = world.plan();
  world.change([](standin::Catalogue& catalogue) {
    catalogue.version(only_version)->paid_access = standin::PaidAccess{.ends_at = "2099-06-14T10:15:09.330Z"};
  });
  const Error error = only_error(world.run(plan));
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_THAT(error.message, HasSubstr("early access until 2099-06-14"));
  EXPECT_THAT(error.hint, HasSubstr("that day"));
}

TEST(Refusals, PaidForGood) {
  World world(one_file(), with_key("valid-key"));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.version(only_version)->paid_access = standin::PaidAccess{.permanent = true};
  });
  world.program().criteria.files.include_paid = true;
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_THAT(error.message, HasSubstr("paid"));
  EXPECT_FALSE(error.hint.empty());
  world.restart([](DownloaderSettings& settings) { settings.key = "owner-key"; });
  world.program().criteria.files.include_paid = true;
  expect_all_here(world, world.run());
}

TEST(Refusals, NoGrant) {
  for (const std::string key : {"no-grant-key", "blocked-key"}) {
    World world(one_file(), with_key(key));
    const auto report = world.run();
    const Error error = only_error(report);
    EXPECT_EQ(error.kind, ErrorKind::authentication);
    EXPECT_THAT(error.message, HasSubstr("no grant"));
    EXPECT_FALSE(report.stopped_by);
  }
}

TEST(Refusals, ArchivedMeanwhile) {
  World world(one_file());
  const engine::Plan plan = world.plan();
  world.change([](standin::Catalogue& catalogue) { catalogue.model(only_model)->mode = "Archived"; });
  const Error error = only_error(world.run(plan));
  EXPECT_EQ(error.kind, ErrorKind::skipped);
  EXPECT_THAT(error.message, HasSubstr("archived"));
  EXPECT_EQ(world.journal().count("download"), 1U);
}

TEST(Refusals, WithdrawnMeanwhile) {
  World world(one_file());
  const engine::Plan plan = world.plan();
  world.change([](standin::Catalogue& catalogue) { catalogue.remove(only_model); });
  const Error error = only_error(world.run(plan));
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.hint, HasSubstr("withdrawn"));
  EXPECT_LE(world.journal().count("download"), 6U);
}

TEST(Refusals, AUsedUpQuotaEndsTheRun) {
  WorldSettings settings = with_key("valid-key");
  settings.site.download_quota = 2;
  FakeClock clock;
  settings.program.clock = &clock;
  World world(many_files(6, 1'000), std::move(settings));
  const auto report = world.run();
  EXPECT_EQ(report.count(Outcome::downloaded), 2U);
  EXPECT_EQ(report.count(Outcome::failed), 1U);
  EXPECT_EQ(report.count(Outcome::not_started), 3U);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::rate_limited);
  EXPECT_THAT(report.stopped_by->message, HasSubstr("quota"));
  EXPECT_THAT(report.stopped_by->hint, HasSubstr("24 hours"));
  EXPECT_EQ(world.journal().count("download"), 2U + 4U) << "asked again after each of three pauses";
  EXPECT_GE(clock.elapsed(), std::chrono::minutes{2 + 4 + 8});
  world.site().change_options([](standin::Options& options) { options.download_quota = 0; });
  expect_all_here(world, world.run_again());
}

TEST(Refusals, OneTooManyAtTheStorageHoldsTheWholeQueueUp) {
  const net::RetryRules rules{.first_delay = Milliseconds{400}};  // by chance three quarters of that
  World world(many_files(5, 1'000), {.program = {.concurrency = 2, .retry = rules}});
  // The other one is told nothing: his next file waits all the same.
  world.faults({"storage=status:429@1", "storage=slow-headers:100@2"});
  expect_all_here(world, world.run());
  EXPECT_THAT(world.lines(), Contains(HasSubstr("all downloads pause for 0.3 s")));
  const auto asked = world.journal().entries("storage");
  ASSERT_EQ(asked.size(), 6U);
  for (std::size_t i = 2; i < asked.size(); ++i) EXPECT_GE(asked[i].started - asked[0].started, Milliseconds{290}) << i;
  EXPECT_EQ(world.journal().count("download"), 5U) << "the link of the refused one still holds";
}

TEST(Refusals, AStorageThatIsAlwaysAskedTooMuchEndsTheRun) {
  FakeClock clock;
  World world(many_files(3, 1'000), {.program = {.concurrency = 1, .clock = &clock}});
  world.fault("storage=status:429");
  const auto report = world.run();
  EXPECT_EQ(report.count(Outcome::failed), 1U);
  EXPECT_EQ(report.count(Outcome::not_started), 2U);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::rate_limited);
  EXPECT_THAT(report.stopped_by->message, HasSubstr("slow down"));
  EXPECT_EQ(world.journal().count("storage"), 5U);
  world.site().faults().clear();
  expect_all_here(world, world.run_again());
}

TEST(Refusals, BeingTooFastIsNotAUsedUpQuota) {
  FakeClock clock;
  World world(many_files(2, 1'000), {.program = {.clock = &clock}});
  world.fault("download=retry-after:20@1");
  expect_all_here(world, world.run());
  EXPECT_GE(clock.elapsed(), Milliseconds{20'000});
  world.change(
      [](standin::Catalogue& catalogue) { catalogue.add({.id = 9, .versions = {{.files = {{.size = 100}}}}}); });
  world.site().faults().clear();
  world.fault("download=retry-after:86400");
  const auto report = world.run_again();
  ASSERT_TRUE(report.stopped_by) << "a day is too long to wait for";
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::rate_limited);
}

TEST(Refusals, TheEdgeRefuses) {
  for (const std::string_view variant : {"challenge", "edge-1010"}) {
    World world(one_file());
    world.fault(format("download=status:403:{}", variant));
    const Error error = only_error(world.run());
    EXPECT_EQ(error.kind, ErrorKind::network);
    EXPECT_THAT(error.message, HasSubstr("edge"));
    EXPECT_FALSE(error.hint.empty());
  }
}

TEST(Refusals, OneItemsTroubleIsNotTheOthers) {
  World world(many_files(6, 1'000));
  world.faults({"storage=wrong-bytes#file:2", "download=status:410:json#file:3", "storage=status:500:xml#file:4"});
  const auto report = world.run();
  EXPECT_EQ(report.count(Outcome::downloaded), 3U);
  EXPECT_EQ(report.count(Outcome::failed), 3U);
  EXPECT_FALSE(report.stopped_by);
}

TEST(Refusals, WordsOfTheSiteAreMadeHarmless) {
  World world(one_file());
  world.fault("download=status:410:json");
  world.fault("download=body:{\"error\":\"gone \\u001b[31mred\\u001b[0m \\u0007 \\u202e\"}");
  const Error error = only_error(world.run());
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
  EXPECT_EQ(error.message.find('\x07'), std::string::npos);
}

TEST(Refusals, TheKeyStaysOutOfWordsAndLogs) {
  World world(one_file(), with_key("valid-key"));
  world.faults({"download=status:503@1", "storage=link-expired@1", "storage=status:500:xml@2"});
  expect_all_here(world, world.run());
  for (const std::string& line : world.lines()) {
    EXPECT_THAT(line, Not(AnyOf(HasSubstr("valid-key"), HasSubstr("Signature=")))) << line;
  }
}

}  // namespace
}  // namespace civitai::test
