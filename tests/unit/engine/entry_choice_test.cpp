#include "engine/entry_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// File f of version v of model m by a creator.
LibraryEntry entry(std::int64_t f, std::int64_t v, std::int64_t m, std::string creator) {
  LibraryEntry one;
  one.file_id = {f};
  one.version_id = {v};
  one.model_id = {m};
  one.creator = std::move(creator);
  return one;
}

const std::vector<LibraryEntry> library = {entry(1, 10, 100, "Ann"), entry(2, 10, 100, "Ann"), entry(3, 30, 100, "Ann"),
                                           entry(100, 40, 400, "bob"), entry(5, 3, 500, "bob")};

std::vector<std::int64_t> files(const EntryChoice& choice) {
  std::vector<std::int64_t> ids;
  for (const LibraryEntry& one : choose(library, choice).entries) ids.push_back(one.file_id.value);
  return ids;
}

TEST(EntryChoices, TakeWhateverAnyWishFits) {
  EXPECT_THAT(files({.models = {ModelId{100}}}), ElementsAre(1, 2, 3));
  EXPECT_THAT(files({.versions = {VersionId{10}}}), ElementsAre(1, 2));
  EXPECT_THAT(files({.files = {FileId{3}}}), ElementsAre(3));
  EXPECT_THAT(files({.creators = {"ANN"}}), ElementsAre(1, 2, 3));
  EXPECT_THAT(files({.versions = {VersionId{10}}, .files = {FileId{1}, FileId{5}}, .creators = {"bob"}}),
              ElementsAre(1, 2, 100, 5))
      << "each once, in the order of the library";
}

TEST(EntryChoices, UnderstandKeysAndNumbers) {
  EXPECT_THAT(files({.keys = {"v_10"}}), ElementsAre(1, 2));
  EXPECT_THAT(files({.keys = {"30"}}), ElementsAre(3)) << "a version";
  EXPECT_THAT(files({.keys = {"3"}}), ElementsAre(5)) << "a version goes before a file";
  EXPECT_THAT(files({.keys = {"100"}}), ElementsAre(100)) << "a file goes before a model";
  EXPECT_THAT(files({.keys = {"500"}}), ElementsAre(5)) << "a model";
}

TEST(EntryChoices, NameWhatFitsNothing) {
  const Chosen chosen = choose(library, {.models = {ModelId{1}},
                                         .versions = {VersionId{2}},
                                         .files = {FileId{77}},
                                         .creators = {"carl"},
                                         .keys = {"v_1", "v_100", "nonsense"}});
  EXPECT_THAT(chosen.entries, IsEmpty());
  EXPECT_THAT(chosen.unmatched,
              ElementsAre("model 1", "version 2", "file 77", "creator carl", "v_1", "v_100", "nonsense"));
  EXPECT_TRUE(EntryChoice{}.empty());
}

}  // namespace
}  // namespace civitai::engine
