#include "engine/removal.hpp"

#include "engine/partial_file.hpp"
#include "unit/engine/trash_place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

// What goes with the plan, relative to the root.
std::vector<std::string> names_of(const Removal& removal, const os::Path& root) {
  std::vector<std::string> names;
  const auto add = [&](const RemovalPath& path) { names.push_back(path.path.lexically_relative(root).string()); };
  for (const RemovalItem& item : removal.items) {
    if (item.content) add(*item.content);
    for (const RemovalPath& path : item.companions) add(path);
  }
  for (const RemovalPath& path : removal.folders) add(path);
  return names;
}

TEST(RemovalPlan, TakesTheFileItsDocumentsItsPreviewsAndItsImages) {
  TrashPlace place;
  place.add(1, "lora/a/lantern.safetensors");
  for (const char* name : {"lora/a/lantern.json", "lora/a/lantern.civitai.info", "lora/a/lantern.preview.png",
                           "lora/a/images/1.jpeg", "lora/a/other.json", "lora/a/lantern-two.json"}) {
    place.write(name, "x");
  }
  const Removal removal = place.plan({1});
  EXPECT_THAT(names_of(removal, place.root()),
              UnorderedElementsAre("lora/a/lantern.safetensors", "lora/a/lantern.json", "lora/a/lantern.civitai.info",
                                   "lora/a/lantern.preview.png", "lora/a/images"));
  EXPECT_EQ(removal.bytes(), ByteCount{12 + 3 + 1});
}

TEST(RemovalPlan, LeavesWhatAFileThatStaysMayShare) {
  TrashPlace place;
  place.add(1, 10, 100, "lora/a/lantern.safetensors");
  place.add(2, 10, 100, "lora/a/lantern.ckpt");
  place.write("lora/a/lantern.json", "x");
  place.write("lora/a/images/1.jpeg", "x");
  EXPECT_THAT(names_of(place.plan({1}), place.root()), ElementsAre("lora/a/lantern.safetensors"));
  EXPECT_THAT(names_of(place.plan({1, 2}), place.root()),
              UnorderedElementsAre("lora/a/lantern.safetensors", "lora/a/lantern.ckpt", "lora/a/lantern.json",
                                   "lora/a/images"));
}

TEST(RemovalPlan, LeavesImagesBesideWhichOthersLieFurtherDown) {
  TrashPlace place;
  place.add(1, "lora/lantern.safetensors");
  place.add(2, "lora/deep/down/other.safetensors");
  place.write("lora/images/1.jpeg", "x");
  EXPECT_THAT(names_of(place.plan({1}), place.root()), ElementsAre("lora/lantern.safetensors"));
}

TEST(RemovalPlan, NeverTakesTheImagesOfTheRootItself) {
  TrashPlace place;
  place.add(1, "lantern.safetensors");
  place.write("images/mine.jpeg", "x");
  EXPECT_THAT(names_of(place.plan({1}), place.root()), ElementsAre("lantern.safetensors"));
}

TEST(RemovalPlan, TakesAFileThatIsAnEntryOfItsOwnOnlyWithThatEntry) {
  TrashPlace place;
  place.add(1, "a/mix.safetensors");
  place.add(2, "a/mix.yaml");
  EXPECT_THAT(names_of(place.plan({1}), place.root()), ElementsAre("a/mix.safetensors"));
  const Removal both = place.plan({1, 2});
  EXPECT_TRUE(both.items[0].content && both.items[1].content);
}

TEST(RemovalPlan, RefusesWhatLiesOutsideTheRoot) {
  TrashPlace place;
  place.add(1, "../elsewhere/lantern.safetensors");
  place.add(2, "../models-too/lantern.safetensors");
  for (const RemovalItem& item : place.plan({1, 2}).items) {
    ASSERT_TRUE(item.refusal);
    EXPECT_THAT(item.refusal->message, HasSubstr("lies outside"));
    EXPECT_FALSE(item.content);
  }
  for (const RemovalItem& item : place.plan({1, 2}, Contents::stay).items) EXPECT_FALSE(item.refusal);
}

TEST(RemovalPlan, LeavesAStrangersFileUnderTheNameOfOneThatNeverCame) {
  TrashPlace place;
  place.record(1, 10, 100, "a/lantern.safetensors");
  place.write("a/lantern.safetensors", "somebody else's");
  place.write("a/lantern.json", "notes");
  const os::Path partial = partial_path(place.root() / "a/lantern.safetensors", FileId{1});
  place.write(partial.lexically_relative(place.root()).string(), "half");
  EXPECT_THAT(names_of(place.plan({1}), place.root()), ElementsAre("a/lantern.safetensors.1.tmp"));
}

TEST(RemovalPlan, RefusesWhatIsBeingDownloaded) {
  TrashPlace place;
  place.record(1, 10, 100, "a/lantern.safetensors");
  std::filesystem::create_directories(place.root() / "a");
  os::RealFileSystem files;
  const auto writer =
      PartialFile::open(files, partial_path(place.root() / "a/lantern.safetensors", FileId{1}), "1", "p");
  ASSERT_TRUE(writer);
  const Removal removal = place.plan({1});
  ASSERT_TRUE(removal.items.front().refusal);
  EXPECT_EQ(removal.items.front().refusal->kind, ErrorKind::busy);
}

TEST(RemovalPlan, TakesLinksAsLinks) {
  TrashPlace place;
  place.add(1, "a/lantern.safetensors");
  place.folder().write("outside/real.safetensors", "kept");
  place.folder().write("outside/pictures/1.jpeg", "kept");
  std::filesystem::remove(place.root() / "a/lantern.safetensors");
  std::filesystem::create_symlink(place.folder() / "outside/real.safetensors", place.root() / "a/lantern.safetensors");
  std::filesystem::create_symlink(place.folder() / "outside/pictures", place.root() / "a/images");
  place.remove({1});
  EXPECT_THAT(place.files(), IsEmpty());
  EXPECT_EQ(place.folder().read("outside/real.safetensors"), "kept");
  ASSERT_TRUE(empty_trash(place.tools(), {place.acts().front().act.id}));
  EXPECT_THAT(place.trashed(), IsEmpty());
  EXPECT_EQ(place.folder().read("outside/real.safetensors"), "kept");
  EXPECT_EQ(place.folder().read("outside/pictures/1.jpeg"), "kept");
}

TEST(RemovalPlan, RefusesAFolderUnderTheNameOfAFile) {
  TrashPlace place;
  place.add(1, "a/lantern.safetensors");
  std::filesystem::remove(place.root() / "a/lantern.safetensors");
  place.write("a/lantern.safetensors/inside", "x");
  EXPECT_TRUE(place.plan({1}).items.front().refusal);
}

}  // namespace
}  // namespace civitai::engine
