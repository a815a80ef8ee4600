// Under which name a file comes to lie: the server's word for it, made safe; twins; names that are taken.
#include "support/fault_case.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view plain_template = "{modelName}/{fileName}.{ext}";

WorldSettings plainly() { return {.program = {.path_template = std::string(plain_template)}}; }

struct Named {
  std::string test;
  std::string disposition;  // variant of the stand-in's storage
  std::string offered;      // the site's name of the file
  std::string expected;
};

class ServerName : public ::testing::TestWithParam<Named> {};

TEST_P(ServerName, IsTakenAndMadeSafe) {
  World world(one_file(2'000, {.name = GetParam().offered, .disposition = GetParam().disposition}), plainly());
  expect_all_here(world, world.run());
  EXPECT_THAT(world.files(), ElementsAre("lantern/" + GetParam().expected));
  EXPECT_EQ(world.path(only_file), world.root() / "lantern" / GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerName,
    ::testing::Values(Named{"Quoted", "quoted", "Glow_v1.safetensors", "Glow_v1.safetensors"},
                      Named{"Unquoted", "unquoted", "Glow_v1.safetensors", "Glow_v1.safetensors"},
                      Named{"RawUtf8", "quoted", "Übung_写真.safetensors", "Übung_写真.safetensors"},
                      Named{"Latin1", "latin1", "Übung.safetensors", "Übung.safetensors"},
                      Named{"Extended", "rfc5987", "写真 é.safetensors", "写真 é.safetensors"},
                      Named{"ExtendedWins", "both", "写真.safetensors", "写真.safetensors"},
                      Named{"Percent", "percent", "写真.safetensors", "写真.safetensors"},
                      Named{"TrailingSemicolon", "trailing-semicolon", "a b.safetensors", "a b.safetensors"},
                      Named{"Inline", "inline", "a.safetensors", "a.safetensors"},
                      Named{"Traversal", "traversal", "a.safetensors", "a.safetensors"},
                      Named{"Empty", "empty", "a.safetensors", "a.safetensors"},
                      Named{"Nameless", "nameless", "a.safetensors", "a.safetensors"},
                      Named{"Absent", "absent", "写真.safetensors", "写真.safetensors"},
                      Named{"Slashes", "quoted", "..\\..\\etc/cron.d/x.safetensors", "x.safetensors"},
                      Named{"EncodedSlash", "quoted", "..%2F..%2Fx.safetensors", "x.safetensors"},
                      Named{"Forbidden", "quoted", "a<b>:c|d?*.safetensors", "a_b__c_d__.safetensors"},
                      Named{"Reserved", "quoted", "CON.safetensors", "_CON.safetensors"}),
    [](const auto& tested) { return tested.param.test; });

TEST(Names, AVeryLongOneIsCutAndKeepsItsEnding) {
  World world(one_file(2'000, {.name = "a.safetensors", .disposition = "long"}), plainly());
  expect_all_here(world, world.run());
  const os::Path path = world.path(only_file);
  EXPECT_EQ(path.extension(), ".safetensors");
  EXPECT_LE(path.filename().native().size(), 255U);
}

TEST(Names, TheLinksOwnWordHelpsWhereTheHeaderIsMissing) {
  for (const auto backend : {standin::Backend::r2, standin::Backend::b2}) {
    WorldSettings settings = plainly();
    settings.site.backend = backend;
    World world(one_file(2'000, {.name = "Glow v1.safetensors", .disposition = "absent"}), std::move(settings));
    world.change([](standin::Catalogue& catalogue) {
      catalogue.file(only_file)->patches = {{.set = R"({"name":"planned.safetensors"})"}};
    });
    expect_all_here(world, world.run());
    EXPECT_THAT(world.files(), ElementsAre("lantern/Glow v1.safetensors"));
  }
}

// A version whose files, with ids 1, 2, …, have these names.
standin::Catalogue siblings(const std::vector<std::string>& names) {
  standin::Version version{.id = only_version};
  std::int64_t id = 0;
  for (const std::string& name : names) version.files.push_back({.id = ++id, .name = name, .size = 2'000});
  standin::Catalogue catalogue;
  catalogue.add({.id = only_model, .name = "Lantern", .versions = {std::move(version)}});
  return catalogue;
}

TEST(Names, TwinsAreToldApartByFileId) {
  World world(siblings({"same.safetensors", "same.safetensors", "SAME.safetensors"}), plainly());
  expect_all_here(world, world.run());
  EXPECT_THAT(world.files(), UnorderedElementsAre("lantern/same.safetensors", "lantern/same-2.safetensors",
                                                  "lantern/SAME-3.safetensors"));
}

TEST(Names, FilesThatTheServerCallsAlikeAreToldApartByFileId) {
  World world(siblings({"a.safetensors", "b.safetensors", "c.safetensors"}), plainly());
  world.fault("storage=header:Content-Disposition=attachment; filename=\"glow.safetensors\"");
  expect_all_here(world, world.run());
  const auto files = world.files();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_THAT(files, ::testing::Contains("lantern/glow.safetensors"));
  for (const std::int64_t id : {1, 2, 3})
    EXPECT_THAT(world.path(id).filename().string(), ::testing::StartsWith("glow"));
}

TEST(Names, ModelsThatWouldShareAPathAreToldApartByFileId) {
  WorldSettings settings{.program = {.path_template = "{fileName}.{ext}"}};
  World world(many_files(3, 2'000), std::move(settings));
  world.change([](standin::Catalogue& catalogue) {
    for (const std::int64_t id : {1, 2, 3}) catalogue.file(id)->name = "same.safetensors";
    catalogue.model(3)->tags = {"new"};
    catalogue.model(1)->tags = catalogue.model(2)->tags = {"old"};
  });
  world.program().criteria.models.tags = {"old"};
  expect_all_here(world, world.run());
  world.restart();  // the third is unknown to the first run, the first two are not in the plan of this one
  world.program().criteria.models.tags = {"new"};
  expect_all_here(world, world.run());
  EXPECT_THAT(world.files(), SizeIs(3));
  EXPECT_EQ(world.path(3), world.root() / "same-3.safetensors");
}

TEST(Names, ASecondRunFindsEverythingHere) {
  World world(siblings({"same.safetensors", "same.safetensors"}), plainly());
  world.fault("storage=header:Content-Disposition=attachment; filename=\"glow.safetensors\"");
  expect_all_here(world, world.run());
  world.restart();
  const engine::Plan plan = world.plan();
  EXPECT_TRUE(plan.items.empty());
  EXPECT_EQ(plan.skipped.size(), 2U);
  EXPECT_EQ(world.journal().count("download"), 2U);
}

TEST(Names, SomebodyElsesFileIsKept) {
  World world(one_file(2'000), plainly());
  world.put_foreign(world.root() / "lantern/lantern.safetensors", "my own work");
  expect_all_here(world, world.run());
  EXPECT_EQ(world.path(only_file), world.root() / "lantern/lantern-33.safetensors");
}

TEST(Names, SomebodyElsesFileOfTheSameLengthIsKept) {
  World world(one_file(2'000), plainly());
  world.put_foreign(world.root() / "lantern/lantern.safetensors", std::string(2'000, 'x'));
  expect_all_here(world, world.run());
  EXPECT_EQ(world.path(only_file), world.root() / "lantern/lantern-33.safetensors");
}

TEST(Names, AFileIsNotAdoptedWhereNothingIsPromised) {
  World world(one_file(2'000, {.hashes = standin::HashSet::none, .patches = {{.remove = {"sizeKB"}}}}), plainly());
  world.put_foreign(world.root() / "lantern/lantern.safetensors", "my own work");
  expect_all_here(world, world.run());
  EXPECT_EQ(world.path(only_file), world.root() / "lantern/lantern-33.safetensors");
}

TEST(Names, SomebodyElsesFolderAndLinkAreKept) {
  World world(siblings({"a.safetensors", "b.safetensors"}), plainly());
  std::filesystem::create_directories(world.root() / "lantern/a.safetensors");
  std::filesystem::create_symlink("/nonexistent/anywhere", world.root() / "lantern/b.safetensors");
  const auto report = world.run();
  EXPECT_EQ(report.count(engine::ItemReport::Outcome::downloaded), 2U);
  EXPECT_EQ(world.path(1), world.root() / "lantern/a-1.safetensors");
  EXPECT_EQ(world.path(2), world.root() / "lantern/b-2.safetensors");
  EXPECT_TRUE(std::filesystem::is_symlink(world.root() / "lantern/b.safetensors"));
  std::filesystem::remove(world.root() / "lantern/b.safetensors");  // it leads to nowhere that could be read
}

TEST(Names, WithBothNamesTakenTheFileWaitsAndThePersonIsTold) {
  World world(one_file(2'000), plainly());
  world.put_foreign(world.root() / "lantern/lantern.safetensors", "my own work");
  world.put_foreign(world.root() / "lantern/lantern-33.safetensors", "my other work");
  const Error error = only_error(world.run());
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_THAT(error.message, HasSubstr("lantern-33.safetensors"));
  EXPECT_THAT(error.hint, HasSubstr("move"));
  EXPECT_EQ(world.remains().size(), 2U) << "the bytes are kept for the next run";
}

TEST(Names, AFileThatLiesThereAlreadyIsAdoptedNotFetched) {
  World world(one_file(2'000), plainly());
  std::string content;
  world.site().look([&](const standin::Catalogue& c) { content = c.find_file(only_file).file->bytes().text(); });
  world.put_foreign(world.root() / "lantern/lantern.safetensors", content);
  const auto report = world.run();
  expect_all_here(world, report);
  EXPECT_EQ(report.items.front().outcome, engine::ItemReport::Outcome::adopted);
  EXPECT_EQ(world.journal().count("download"), 0U);
}

// Without its library the program knows nothing of what it fetched, yet must neither lose nor double it.
TEST(Names, AfterTheLibraryIsLostFilesAreFoundAgain) {
  World world(siblings({"same.safetensors", "same.safetensors", "glow.safetensors"}), plainly());
  world.put_foreign(world.root() / "lantern/glow.safetensors", "my own work");
  expect_all_here(world, world.run());
  const auto before = world.files();
  world.end_program();
  for (const std::string_view name : {"library.db", "library.db-wal", "library.db-shm"}) {
    std::filesystem::remove(world.folder().path() / name);
  }
  expect_all_here(world, world.run_again());
  EXPECT_EQ(world.files(), before);
}

}  // namespace
}  // namespace civitai::test
