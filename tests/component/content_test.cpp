// Bytes that are not what the site promised, and promises that are not what the site has.
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using standin::HashSet;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t file_size = 300'000;

std::string sum_of(World& world) {
  std::string content;
  world.site().look([&](const standin::Catalogue& c) { content = c.find_file(only_file).file->bytes().text(); });
  return digests_of(content).sha256;
}

struct Lie {
  std::string name;
  std::string fault;
};

class WrongContent : public ::testing::TestWithParam<Lie> {};

TEST_P(WrongContent, IsKeptAsideAndRecordedAsAnError) {
  World world(one_file(file_size));
  world.fault(GetParam().fault);
  const auto report = world.run();
  const Error error = only_error(report);
  EXPECT_EQ(error.kind, ErrorKind::verification);
  EXPECT_THAT(error.message, HasSubstr(sum_of(world))) << "what was promised";
  EXPECT_THAT(error.message, ::testing::ContainsRegex("found SHA256 [0-9a-f]{64}"));
  EXPECT_THAT(world.files(), ElementsAre(EndsWith(".rejected.tmp")));
  EXPECT_EQ(std::filesystem::file_size(world.root() / world.files().front()), file_size);
  EXPECT_EQ(world.entry(only_file).status, EntryStatus::error);
  EXPECT_EQ(world.journal().count("storage"), 2U) << "one fresh try, not more";
  EXPECT_EQ(world.journal().count("version"), 2U) << "the site was asked again what the file should be";
}

INSTANTIATE_TEST_SUITE_P(All, WrongContent,
                         ::testing::Values(Lie{"OtherBytes", "storage=wrong-bytes"},
                                           Lie{"Zeros", "storage=zero-bytes"}),
                         [](const auto& tested) { return tested.param.name; });

TEST(Content, OneWrongAnswerIsForgiven) {
  World world(one_file(file_size));
  world.fault("storage=wrong-bytes@1");
  expect_all_here(world, world.run());
  EXPECT_EQ(world.journal().count("storage"), 2U);
}

TEST(Content, AnErrorIsTriedAgainInTheNextRunAndItsRemainsGo) {
  World world(one_file(file_size));
  world.fault("storage=wrong-bytes");
  EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
  world.site().faults().clear();
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.files().size(), 1U);
}

TEST(Content, AFileThatWasReplacedSinceTheScanIsAcceptedWithoutFetchingItTwice) {
  World world(one_file(file_size));
  const engine::Plan plan = world.plan();
  world.change([](standin::Catalogue& catalogue) { catalogue.file(only_file)->seed = 4711; });
  expect_all_here(world, world.run(plan));
  EXPECT_EQ(world.journal().count("storage"), 1U);
  EXPECT_EQ(world.entry(only_file).hashes.get(HashKind::sha256), sum_of(world)) << "the library knows the new promise";
}

TEST(Content, AFileThatWasReplacedByALongerOneIsFetchedAnew) {
  World world(one_file(file_size));
  const engine::Plan plan = world.plan();
  world.change([](standin::Catalogue& catalogue) {
    catalogue.file(only_file)->seed = 4711;
    catalogue.file(only_file)->size = file_size + 5'000;
  });
  expect_all_here(world, world.run(plan));
  EXPECT_EQ(world.entry(only_file).size.value, file_size + 5'000);
  EXPECT_LE(world.journal().resolves(only_file), 4U);
}

TEST(Content, AFileThatWasReplacedBetweenTwoRunsStartsAnew) {
  World world(one_file(file_size));
  world.faults({"storage=close-after:200000@1", "storage=status:500:xml@2-"});
  static_cast<void>(only_error(world.run()));
  world.site().faults().clear();
  world.change([](standin::Catalogue& catalogue) { catalogue.file(only_file)->seed = 4711; });
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.ranges().back(), "") << "bytes of another content are of no use";
}

TEST(Content, AFileThatIsReplacedWhileItArrivesIsFetchedAnew) {
  World world(one_file(file_size));
  const engine::Plan plan = world.plan();
  world.faults({"storage=close-after:200000@1", "storage=wrong-bytes@2"});  // the second half is of another file
  expect_all_here(world, world.run(plan));
  EXPECT_EQ(world.journal().count("storage"), 3U);
}

TEST(Content, EitherOfTheStrongHashesProves) {
  for (const HashSet wrong : {HashSet::sha256, HashSet::blake3}) {
    World world(one_file(file_size, {.wrong_hashes = wrong}));
    const auto report = world.run();
    expect_all_here(world, report);
    EXPECT_EQ(report.items.front().proven_by, wrong == HashSet::sha256 ? "BLAKE3" : "SHA256");
    EXPECT_EQ(world.journal().count("storage"), 1U);
  }
}

TEST(Content, BothStrongHashesWrongIsAnErrorWhateverTheWeakOnesSay) {
  World world(one_file(file_size, {.wrong_hashes = HashSet::sha256 | HashSet::blake3}));
  EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
  EXPECT_THAT(world.files(), ElementsAre(EndsWith(".rejected.tmp")));
}

TEST(Content, WeakHashesProveWhereNothingElseIsKnown) {
  struct Case {
    HashSet known;
    std::string_view proof;
  };
  for (const Case& one :
       {Case{HashSet::autov2 | HashSet::crc32, "AutoV2"}, Case{HashSet::autov3, "AutoV3"},
        Case{HashSet::crc32, "CRC32"}, Case{HashSet::autov1, "length"}, Case{HashSet::none, "length"}}) {
    World world(one_file(3UL << 20, {.hashes = one.known}));
    const auto report = world.run();
    expect_all_here(world, report);
    EXPECT_EQ(report.items.front().proven_by, one.proof);
  }
}

TEST(Content, WrongWeakHashesCondemnWhereNothingElseIsKnown) {
  for (const HashSet known : {HashSet::autov2, HashSet::autov3, HashSet::crc32}) {
    World world(one_file(file_size, {.hashes = known, .wrong_hashes = known}));
    EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
  }
}

TEST(Content, LetterCaseOfHashesDoesNotMatter) {
  World world(one_file(file_size, {.hash_case = standin::LetterCase::lower}));
  expect_all_here(world, world.run());
}

TEST(Content, WithoutAnyHashTheLengthIsStillChecked) {
  World world(one_file(file_size, {.hashes = HashSet::none}));
  world.fault("storage=length-change:-1000");
  EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
  EXPECT_EQ(world.files(), world.remains());
}

TEST(Content, MetadataThatHasLostItsHashesProvesNothing) {
  World world(one_file(file_size, {.patches = {{.remove = {"hashes"}, .form = standin::Form::version}}}));
  world.fault("storage=zero-bytes");
  EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
  EXPECT_THAT(world.files(), ElementsAre(EndsWith(".rejected.tmp")));
}

TEST(Content, MetadataThatCannotBeReadAgainDoesNotHelpWrongBytes) {
  World world(one_file(file_size));
  world.faults({"storage=wrong-bytes", "version=status:404:json"});
  EXPECT_EQ(only_error(world.run()).kind, ErrorKind::verification);
  EXPECT_EQ(world.journal().count("storage"), 2U);
}

}  // namespace
}  // namespace civitai::test
