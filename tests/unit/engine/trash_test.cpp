#include "engine/trash.hpp"

#include "support/faulty_file_system.hpp"
#include "unit/engine/trash_place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace civitai::engine {
namespace {

using test::FaultyFileSystem;
using test::FileOperation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Files = std::map<std::string, std::string>;

TEST(Trash, TakesAwayAndBringsBackFilesAndRecords) {
  TrashPlace place;
  furnish(place);
  const Files before = place.files();
  const LibraryEntry entry = must(place.library().find(FileId{1})).value();
  const TrashReport report = place.remove({1});
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(report.files, SizeIs(1));
  EXPECT_EQ(place.files(), (Files{{"b/two/harbour.safetensors", "content of 2"}}));
  EXPECT_FALSE(std::filesystem::exists(place.root() / "a")) << "empty folders go";
  EXPECT_THAT(place.entries(), ElementsAre(2));
  EXPECT_THAT(place.deleted(), ElementsAre(1));
  EXPECT_THAT(place.trashed(), SizeIs(3));
  const TrashReport back = place.undo();
  EXPECT_THAT(back.errors, IsEmpty());
  EXPECT_EQ(place.files(), before);
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
  EXPECT_THAT(place.deleted(), IsEmpty());
  const LibraryEntry again = must(place.library().find(FileId{1})).value();
  EXPECT_EQ(again.path, entry.path);
  EXPECT_EQ(again.status, EntryStatus::downloaded);
  EXPECT_EQ(again.updated_at, entry.updated_at);
  EXPECT_THAT(place.trashed(), IsEmpty());
  EXPECT_THAT(place.acts(), IsEmpty());
}

TEST(Trash, UndoesTheLastActFirstAndAnyOneByName) {
  TrashPlace place;
  furnish(place);
  const std::string first = place.remove({1}).act;
  const std::string second = place.remove({2}).act;
  EXPECT_LT(first, second);
  EXPECT_THAT(place.undo().files.front().file, FileId{2});
  place.remove({2});
  EXPECT_THAT(must(undo(place.tools(), first)).files.front().file, FileId{1});
  EXPECT_THAT(place.entries(), ElementsAre(1));
  EXPECT_EQ(undo(place.tools(), first).error().kind, ErrorKind::not_found);
}

TEST(Trash, UndoOverwritesNothingThatHasComeToThePlace) {
  TrashPlace place;
  furnish(place);
  place.remove({1});
  place.write("a/one/lantern.json", "new notes");
  const Files before = place.files();
  const auto refused = undo(place.tools());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("lantern.json is there again"));
  EXPECT_EQ(place.files(), before);
  EXPECT_THAT(place.deleted(), ElementsAre(1));
  std::filesystem::remove(place.root() / "a/one/lantern.json");
  EXPECT_THAT(place.undo().errors, IsEmpty());
  EXPECT_EQ(place.folder().read("models/a/one/lantern.json"), "document");
}

TEST(Trash, UndoOverwritesNothingThatComesInThatVeryMoment) {
  TrashPlace place;
  furnish(place);
  place.remove({1});
  FaultyFileSystem files;
  files.fail(FileOperation::rename, EEXIST, 2);  // the manifest is the first
  const TrashReport report = must(undo(place.tools(files)));
  EXPECT_THAT(report.errors, SizeIs(1));
  EXPECT_THAT(report.files, IsEmpty()) << "without its file it is not back";
  EXPECT_THAT(place.deleted(), ElementsAre(1));
  EXPECT_THAT(place.acts(), SizeIs(1));
  EXPECT_THAT(place.undo().files, SizeIs(1));
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
}

TEST(Trash, RemembersWhatIsGoneAlready) {
  TrashPlace place;
  furnish(place);
  std::filesystem::remove(place.root() / "a/one/lantern.safetensors");
  const TrashReport report = place.remove({1});
  EXPECT_THAT(report.missing, ElementsAre(FileId{1}));
  EXPECT_THAT(place.deleted(), ElementsAre(1));
  place.undo();
  EXPECT_THAT(place.entries(), ElementsAre(1, 2)) << "the record is back, as it was";
}

TEST(Trash, KeepsFilesWhereTheyAreWhenAskedTo) {
  TrashPlace place;
  furnish(place);
  const Files before = place.files();
  must(remove_entries(place.tools(), place.plan({1}, Contents::stay)));
  EXPECT_EQ(place.files(), before);
  EXPECT_THAT(place.deleted(), ElementsAre(1));
  place.undo();
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
  EXPECT_EQ(place.files(), before);
}

TEST(Trash, LiesBesideTheFileWhereThatIsOnAnotherFileSystem) {
  TrashPlace place;
  furnish(place);
  const Files before = place.files();
  FaultyFileSystem files;
  files.fail(FileOperation::rename, EXDEV, 2);
  EXPECT_THAT(must(remove_entries(place.tools(files), place.plan({1}))).errors, IsEmpty());
  bool beside = false;
  for (const auto& [name, content] : place.trashed()) {
    beside = beside || (name.starts_with("a/one/.civitai-trash/") && content == "content of 1");
  }
  EXPECT_TRUE(beside);
  place.undo();
  EXPECT_EQ(place.files(), before);
  EXPECT_FALSE(std::filesystem::exists(place.root() / "a/one/.civitai-trash"));
}

TEST(Trash, LeavesTheEntryWhoseFileCannotBeMoved) {
  TrashPlace place;
  furnish(place);
  FaultyFileSystem files;
  files.fail(FileOperation::rename, EACCES, 2);
  files.fail(FileOperation::rename, EACCES, 4);  // in between the manifest notes the second try
  const TrashReport report = must(remove_entries(place.tools(files), place.plan({1, 2})));
  EXPECT_THAT(report.errors, SizeIs(1));
  EXPECT_THAT(report.files, SizeIs(1));
  EXPECT_EQ(report.files.front().file, FileId{2});
  EXPECT_THAT(place.entries(), ElementsAre(1));
  EXPECT_EQ(place.files(), (Files{{"a/one/lantern.safetensors", "content of 1"},
                                  {"a/one/lantern.json", "document"},
                                  {"a/one/images/7.jpeg", "picture"}}));
  place.undo();
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
}

TEST(Trash, SaysWhatCouldNotGoAlong) {
  TrashPlace place;
  place.add(1, "a/lantern.safetensors");
  place.write("a/lantern.json", "document");
  FaultyFileSystem files;
  files.fail(FileOperation::rename, EACCES, 3);
  files.fail(FileOperation::rename, EACCES, 5);
  const TrashReport report = must(remove_entries(place.tools(files), place.plan({1})));
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(report.notices, ElementsAre(HasSubstr("left in place")));
  EXPECT_EQ(place.files(), (Files{{"a/lantern.json", "document"}}));
}

TEST(Trash, IsEmptiedForGoodAndStillRemembered) {
  TrashPlace place;
  furnish(place);
  const std::string first = place.remove({1}).act;
  place.remove({2});
  EXPECT_EQ(must(empty_trash(place.tools(), {first})).bytes(), ByteCount{12 + 8 + 7});
  EXPECT_THAT(place.acts(), SizeIs(1));
  EXPECT_THAT(place.trashed(), SizeIs(1));
  EXPECT_THAT(place.deleted(), ElementsAre(1, 2));
}

TEST(Trash, IsChangedByOneProcessAtATime) {
  TrashPlace place;
  furnish(place);
  os::RealFileSystem files;
  TrashFolder folder(files, place.root());
  const auto lock = folder.lock();
  ASSERT_TRUE(lock);
  const auto refused = remove_entries(place.tools(), place.plan({1}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::busy);
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
}

TEST(Trash, BringsBackWhatIsRecordedAnewInTheMeantime) {
  TrashPlace place;
  furnish(place);
  place.remove({1});
  place.record(1, 10, 100, "a/one/lantern.safetensors");
  EXPECT_THAT(place.deleted(), IsEmpty());
  EXPECT_EQ(must(place.library().find(FileId{1}))->status, EntryStatus::pending) << "where it was says nothing now";
}

TEST(Trash, SkipsAManifestThatWouldLeadOutOfItsFolder) {
  TrashPlace place;
  furnish(place);
  const std::string act = place.remove({1}).act;
  const std::string manifest = "models/.civitai-trash/" + act + "/manifest.json";
  std::string text = place.folder().read(manifest);
  text.replace(text.find("a/one/lantern.safetensors"), 5, "../..");
  place.folder().write(manifest, text);
  const auto refused = undo(place.tools());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("leads out of its folder"));
}

TEST(TrashAct, KeepsNamesThatAreNoText) {
  TrashAct act;
  act.id = "000001-x";
  act.moves.push_back({"caf\xE9/100%.json", "x/y", {}, FileId{1}, TrashMove::Role::content});
  act.moves.push_back({"café/ü\n.json", "x/z", {}, FileId{1}, TrashMove::Role::companion});
  const TrashAct read = must(read_act(to_json(act)));
  ASSERT_THAT(read.moves, SizeIs(2));
  EXPECT_EQ(read.moves[0].from, act.moves[0].from);
  EXPECT_EQ(read.moves[1].from, act.moves[1].from);
  EXPECT_EQ(read.moves[0].role, TrashMove::Role::content);
}

TEST(TrashAct, RefusesWhatIsNoManifest) {
  for (const char* text : {"", "[]", "{}", R"({"format":2,"act":"1"})",
                           R"({"format":1,"act":"1","moves":[{"from":"/etc/passwd","to":"x"}]})",
                           R"({"format":1,"act":"1","moves":[{"from":"a","to":"a/../../b"}]})"}) {
    EXPECT_FALSE(read_act(text)) << text;
  }
}

class Replacing : public ::testing::Test {
 protected:
  Replacing() {
    place.add(1, "old.safetensors");
    place.record(2, 20, 100, "new.safetensors");
    replacement.emplace(must(Replacement::prepare(place.tools(), place.plan({1}), {{FileId{1}, {FileId{2}}}})));
  }
  TrashPlace place;
  std::optional<Replacement> replacement;
};

TEST_F(Replacing, TrashesTheOldFileOnceTheNewOneIsHere) {
  place.add(2, 20, 100, "new.safetensors");
  const TrashReport report = must(replacement->finish());
  EXPECT_THAT(report.files, SizeIs(1));
  EXPECT_THAT(place.entries(), ElementsAre(2));
  EXPECT_EQ(place.acts().front().act.kind, TrashAct::Kind::replacement);
  place.undo();
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
}

TEST_F(Replacing, LeavesTheOldFileWhenTheNewOneDidNotCome) {
  EXPECT_THAT(must(replacement->finish()).files, IsEmpty());
  EXPECT_THAT(place.entries(), ElementsAre(1));
  EXPECT_THAT(place.acts(), IsEmpty());
}

TEST_F(Replacing, LeavesTheOldFileWhenTheNewOneIsGoneAgain) {
  place.add(2, 20, 100, "new.safetensors");
  std::filesystem::remove(place.root() / "new.safetensors");
  EXPECT_THAT(must(replacement->finish()).files, IsEmpty());
  EXPECT_TRUE(place.files().contains("old.safetensors"));
}

TEST_F(Replacing, IsForgottenWhenItIsGivenUp) {
  replacement.reset();
  EXPECT_THAT(place.acts(), IsEmpty());
}

TEST_F(Replacing, IsLeftAloneByOthersWhileItWaits) {
  place.add(2, 20, 100, "new.safetensors");
  EXPECT_THAT(must(settle_trash(place.tools())).files, IsEmpty());
  EXPECT_THAT(must(replacement->finish()).files, SizeIs(1));
}

}  // namespace
}  // namespace civitai::engine
