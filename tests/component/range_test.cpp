// Answers to range requests that are not what was asked for. Each transfer breaks once, so that it has to resume.
#include "engine/partial_file.hpp"
#include "engine/verdict.hpp"
#include "support/fault_case.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t file_size = 300'000;
constexpr std::string_view break_once = "storage=close-after:100000@1";

class RangeFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(RangeFault, IsOvercome) {
  World world(one_file(file_size));
  world.fault(break_once);
  world.faults(GetParam().rules);
  expect_all_here(world, world.run());
  EXPECT_LE(world.journal().resolves(only_file), 3U);
  EXPECT_LE(world.journal().count("storage"), 6U);
}

INSTANTIATE_TEST_SUITE_P(Once, RangeFault,
                         ::testing::Values(FaultCase{"Ignored", {"storage=range-ignored@2"}},
                                           FaultCase{"WrongStart", {"storage=range-wrong-start:5@2"}},
                                           FaultCase{"WrongTotal", {"storage=range-wrong-total:5@2"}},
                                           FaultCase{"NoContentRange", {"storage=range-no-content-range@2"}},
                                           FaultCase{"Multipart", {"storage=range-multipart@2"}},
                                           FaultCase{"Unsatisfiable", {"storage=range-unsatisfiable@2"}},
                                           FaultCase{"OtherLength", {"storage=length-change:5@2"}}),
                         name_of);

// Servers that are always so: a fresh start without a range helps.
INSTANTIATE_TEST_SUITE_P(Always, RangeFault,
                         ::testing::Values(FaultCase{"Ignored", {"storage=range-ignored"}},
                                           FaultCase{"WrongStart", {"storage=range-wrong-start:5"}},
                                           FaultCase{"NoContentRange", {"storage=range-no-content-range"}},
                                           FaultCase{"Multipart", {"storage=range-multipart"}},
                                           FaultCase{"Unsatisfiable", {"storage=range-unsatisfiable@2-4"}},
                                           FaultCase{"OtherTag", {"storage=etag-change"}},
                                           FaultCase{"OtherTagWithEachLink",
                                                     {"download=link-etag-change", "storage=link-expired@2"}}),
                         name_of);

TEST(Ranges, AnotherTagAloneIsNoReasonToStartAnew) {
  World world(one_file(file_size));
  world.fault(break_once);
  world.fault("storage=etag-change");
  expect_all_here(world, world.run());
  EXPECT_EQ(world.bytes_from_storage(), file_size);
}

TEST(Ranges, ACompleteFileOfUnknownLengthIsRecognised) {
  World world(one_file(file_size, {.patches = {{.remove = {"sizeKB"}}}}));
  const engine::Plan plan = world.plan();
  std::string content;
  world.site().look([&](const standin::Catalogue& c) { content = c.find_file(only_file).file->bytes().text(); });
  {
    // An earlier run got every byte, but not the end of the answer.
    os::RealFileSystem files;
    const engine::Promise promise{std::nullopt, plan.file_of(plan.items.front().place).hashes};
    auto partial =
        expect_good(engine::PartialFile::open(files, engine::partial_path(plan.items.front().target, FileId{only_file}),
                                              format("{}", only_file), to_text(promise)));
    ASSERT_TRUE(partial.write(0, std::as_bytes(std::span(content))));
    engine::RangeSet all;
    all.add({0, file_size});
    ASSERT_TRUE(partial.checkpoint(all, 0));
  }
  expect_all_here(world, world.run(plan));
  EXPECT_THAT(world.ranges(), ElementsAre("bytes=300000-"));
  EXPECT_EQ(world.journal().entries("storage").front().status, 416);
}

TEST(Ranges, AFileOfUnknownLengthThatGrowsMeanwhileStartsAnew) {
  World world(one_file(file_size, {.patches = {{.remove = {"sizeKB"}}}}));
  world.fault(break_once);
  world.fault("storage=length-change:5@2");
  expect_all_here(world, world.run());
  EXPECT_THAT(world.ranges(), ElementsAre("", "bytes=100000-", ""));
}

TEST(Ranges, AFileOfAnotherLengthThanPromisedIsAnError) {
  World world(one_file(file_size));
  world.fault("storage=length-change:1000");
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::verification);
  EXPECT_THAT(error.message, HasSubstr("300000"));
  EXPECT_THAT(error.message, HasSubstr("301000"));
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::error);
  EXPECT_LE(world.journal().resolves(only_file), 6U);
}

TEST(Ranges, LengthsThatAlwaysLieEndInAnError) {
  for (const std::string_view fault : {"content-length-too-large", "content-length-too-small"}) {
    World world(one_file(file_size));
    world.fault(format("storage={}", fault));
    EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
    EXPECT_EQ(world.files(), world.remains());
  }
}

TEST(Ranges, TheLengthInTheListMayBeWrong) {
  World world(one_file(file_size, {.patches = {{.set = R"({"sizeKB":123.5})", .form = standin::Form::list}}}));
  expect_all_here(world, world.run());
  EXPECT_EQ(world.entry(only_file).size.value, file_size);
}

}  // namespace
}  // namespace civitai::test
