// Signed links that die: before the first byte, in the middle of a file, between two runs.
#include "support/fault_case.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t file_size = 300'000;

class DeadLink : public ::testing::TestWithParam<FaultCase> {};

TEST_P(DeadLink, IsReplacedByANewOne) {
  World world(one_file(file_size), {.site = {.backend = standin::Backend::alternating}});
  world.faults(GetParam().rules);
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 2U);
}

INSTANTIATE_TEST_SUITE_P(
    All, DeadLink,
    ::testing::Values(
        FaultCase{"BeforeItsFirstUse", {"download=link-expires-now@1"}},
        FaultCase{"MidFile", {"storage=close-after:100000@1", "storage=link-expired@2"}},
        FaultCase{"MidFileWithAnotherTag",
                  {"storage=close-after:100000@1", "storage=link-expired@2", "download=link-etag-change"}},
        FaultCase{"BadRequest", {"storage=status:400:xml@1"}}, FaultCase{"Unauthorized", {"storage=status:401:b2@1"}},
        FaultCase{"Forbidden", {"storage=status:403:xml@1"}}, FaultCase{"NotFound", {"storage=status:404:xml@1"}},
        FaultCase{"Gone", {"storage=status:410:xml@1"}}, FaultCase{"WebPage", {"storage=html-200@1"}},
        FaultCase{"WebPageInDisguise", {"storage=html-as-file@1"}}),
    name_of);

TEST(Links, OneIsEnoughForAWholeFile) {
  World world(one_file(file_size), {.site = {.backend = standin::Backend::b2}});
  world.faults({"storage=close-after:50000@1", "storage=status:503:xml@2", "storage=close-after:90000@3"});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 1U);
}

TEST(Links, WhatIsHereIsKeptWhenOneDies) {
  World world(one_file(file_size), {.site = {.backend = standin::Backend::alternating}});
  world.faults({"storage=close-after:100000@1", "storage=link-expired@2"});
  expect_all_here(world, world.run());
  const auto ranges = world.ranges();
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_EQ(ranges.back(), "bytes=100000-");
  const auto paths = world.journal().entries("storage");
  EXPECT_NE(paths.front().path.substr(0, 6), paths.back().path.substr(0, 6)) << "the new link is of another backend";
}

TEST(Links, ThatLiveForOneRequestEachAreEnough) {
  World world(one_file(1 << 20));
  world.faults({"storage=close-after:300000", "storage=link-expired@2", "storage=link-expired@4"});
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().resolves(only_file), 3U);
}

TEST(Links, AnInterruptedFileGoesOnWithANewLinkInTheNextRun) {
  World world(one_file(file_size));
  world.faults({"storage=close-after:200000@1", "storage=status:500:xml@2-"});
  static_cast<void>(only_error(world.run()));
  world.site().faults().clear();
  world.site().expire_links();
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.ranges().back(), "bytes=200000-");
  EXPECT_EQ(world.journal().resolves(only_file), 2U);
}

TEST(Links, AStorageThatRefusesEveryOneIsGivenUp) {
  World world(one_file(file_size));
  world.fault("storage=status:403:xml");
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::network);
  EXPECT_FALSE(error.hint.empty());
  EXPECT_LE(world.journal().resolves(only_file), 6U) << "each counts against the quota";
}

TEST(Links, WebPagesInsteadOfTheFileAreSaid) {
  for (const std::string_view page : {"html-200", "html-as-file"}) {
    World world(one_file(file_size));
    world.fault(format("storage={}", page));
    const Error error = only_error(world.run());
    EXPECT_EQ(error.kind, ErrorKind::network);
    EXPECT_THAT(error.message, HasSubstr("web page"));
    EXPECT_FALSE(error.hint.empty());
    EXPECT_EQ(world.files(), world.remains());
    EXPECT_LE(world.journal().resolves(only_file), 6U);
  }
}

TEST(Links, AFileWithoutHashesIsNotMistakenForAWebPage) {
  World world(one_file(500, {.name = "notes.html",
                             .type = "Archive",
                             .format = "Other",
                             .content = "<!DOCTYPE html><html>a real page</html>",
                             .hashes = standin::HashSet::none,
                             .media_type = "text/html"}));
  expect_all_here(world, world.run());
}

TEST(Links, TheOtherAddressOfAFileIsTriedWhenItsIdIsNotFound) {
  World world(one_file(file_size, {.type = "VAE", .linked = true}));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.version(only_version)->files.push_back({.id = 77, .name = "main.safetensors", .size = 1'000});
  });
  expect_all_here(world, world.run());
  std::vector<std::string> asked;
  for (const auto& entry : world.journal().entries("download")) asked.push_back(entry.target);
  EXPECT_THAT(asked, ::testing::Contains(HasSubstr("type=VAE")));
}

TEST(Links, OnesThatAreBrokenInTheAnswerDoNotMatter) {
  World world(many_files(3, 5'000));
  world.change([](standin::Catalogue& catalogue) {
    catalogue.file(1)->patches = {{.set = R"({"downloadUrl":"https://undefined/api/download/models/1001"})"}};
    catalogue.file(2)->patches = {{.remove = {"downloadUrl"}}};
    catalogue.file(3)->patches = {{.set = R"({"downloadUrl":"//elsewhere.invalid/steal"})"}};
  });
  expect_all_here(world, world.run());
}

}  // namespace
}  // namespace civitai::test
