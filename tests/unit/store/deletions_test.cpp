#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Deletions : public ::testing::Test {
 protected:
  Deletions() {
    for (const std::int64_t id : {1, 2}) {
      EXPECT_TRUE(library.record_pending(record_of(id)));
      EXPECT_TRUE(library.record_downloaded(FileId{id}, "/models/x", kibibytes(1), {}, {"SHA256", digest(id)}));
    }
    const std::array files = {FileId{1}, FileId{99}};
    EXPECT_TRUE(library.mark_deleted(files)) << "a file that nobody knows is passed over";
  }
  std::vector<std::int64_t> deleted() {
    std::vector<std::int64_t> ids;
    const auto all = library.deleted();
    if (all) {
      for (const DeletedFile& one : *all) ids.push_back(one.file.value);
    }
    return ids;
  }
  TempDir folder;
  Path database = folder / "library.db";
  Library library = open_library(database);
};

TEST_F(Deletions, AreNoEntriesAnyMore) {
  EXPECT_THAT(ids_of(library.entries()), ElementsAre(2));
  EXPECT_FALSE(library.find(FileId{1})->has_value());
  EXPECT_THAT(deleted(), ElementsAre(1));
  EXPECT_EQ(library.deleted()->front().version, VersionId{10});
  EXPECT_EQ(library.deleted()->front().model, ModelId{100});
}

TEST_F(Deletions, LoseNothingWhenTheyComeBack) {
  EXPECT_TRUE(library.unmark_deleted(std::array{FileId{1}, FileId{2}}));
  EXPECT_THAT(deleted(), IsEmpty());
  const LibraryEntry entry = entry_of(library, 1);
  EXPECT_EQ(entry.status, EntryStatus::downloaded);
  EXPECT_EQ(entry.path, "/models/x");
  EXPECT_EQ(look(database, "SELECT proof_value FROM placements WHERE file_id = 1"), digest(1));
}

TEST_F(Deletions, AreWantedAnewOnceTheyAreRecorded) {
  EXPECT_TRUE(library.record_pending(record_of(1)));
  EXPECT_THAT(deleted(), IsEmpty());
  EXPECT_EQ(entry_of(library, 1).status, EntryStatus::pending);
  EXPECT_EQ(entry_of(library, 1).path, "/models/model_1.safetensors");
}

TEST_F(Deletions, EndWhenTheFileIsThereAgain) {
  EXPECT_TRUE(library.record_downloaded(FileId{1}, "/models/y", kibibytes(1), {}, {"length", ""}));
  EXPECT_THAT(deleted(), IsEmpty());
  EXPECT_EQ(entry_of(library, 1).path, "/models/y");
}

TEST_F(Deletions, AreStillKnownToTheNextStart) {
  library = open_library(folder / "other.db");
  library = open_library(database);
  EXPECT_THAT(deleted(), ElementsAre(1));
}

}  // namespace
}  // namespace civitai::store::test
