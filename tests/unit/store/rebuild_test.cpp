// A damaged library becomes a whole one again.
#include "store/rebuild.hpp"

#include "store/library_view.hpp"
#include "store/salvage.hpp"
#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int entries = 400;

const auto nothing_more = [](Library&) { return Status{}; };

class RebuildTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<Record> records;
    for (int id = 1; id <= entries; ++id) {
      records.emplace_back(record_of(id));
      records.emplace_back(DownloadedRecord{{id}, format("/m/{}", id), ByteCount{9}, {}, {"length", ""}});
    }
    Library library = open_library(database_);
    ASSERT_TRUE(library.record_all(records).has_value());
  }

  // Overwrites the page that holds the text.
  void destroy_page_with(const std::string& text) {
    constexpr std::size_t page = 4096;
    std::string bytes = directory_.read("library.db");
    const std::size_t at = bytes.find(text);
    ASSERT_NE(at, std::string::npos);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at / page * page), page, '\xFF');
    directory_.write("library.db", bytes);
  }
  void destroy_header() {
    std::string bytes = directory_.read("library.db");
    std::fill_n(bytes.begin(), 4096, 'x');
    directory_.write("library.db", bytes);
  }
  Rebuilt rebuilt(const std::vector<Path>& copies = {}) {
    auto result = rebuild(database_, copies, nothing_more);
    if (!result) ADD_FAILURE() << result.error().message;
    return result ? std::move(*result) : Rebuilt{};
  }
  void expect_sound() {
    EXPECT_EQ(examine(database_), Soundness::sound);
    EXPECT_EQ(look(database_, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
  }
  std::size_t count() { return open_library(database_).entries()->size(); }

  TempDir directory_;
  Path database_ = directory_ / "library.db";
};

TEST_F(RebuildTest, ASoundLibraryIsKnownAsOne) {
  EXPECT_EQ(examine(database_), Soundness::sound);
  EXPECT_EQ(examine(directory_ / "none.db"), Soundness::absent);
  EXPECT_EQ(examine(directory_.write("empty.db", "")), Soundness::absent);
  change(database_, "INSERT INTO migrations VALUES (99, 'future', 0)");
  EXPECT_EQ(examine(database_).error().kind, ErrorKind::usage) << "a newer one is not damaged";
}

TEST_F(RebuildTest, LosesNoMoreThanTheDamagedPage) {
  destroy_page_with("model_200.safetensors");
  ASSERT_EQ(examine(database_), Soundness::damaged);
  const std::string damaged = directory_.read("library.db");
  const Rebuilt result = rebuilt();
  expect_sound();
  EXPECT_GT(count(), entries - 60U);
  ASSERT_THAT(result.sources, SizeIs(1));
  EXPECT_FALSE(result.sources[0].whole);
  EXPECT_EQ(directory_.read(result.kept.filename().string()), damaged) << "it is kept as it was";
  auto view = LibraryView::open(database_);
  EXPECT_EQ(view->search("model_7.", 5)->entries.size(), 1U) << "the index was made anew";
}

TEST_F(RebuildTest, ReadsWhatIsLeftOfAFileThatIsCutOff) {
  const std::string bytes = directory_.read("library.db");
  for (const std::size_t tenths : {9U, 7U, 5U}) {
    directory_.write("library.db", bytes.substr(0, bytes.size() * tenths / 10 + 100));
    ASSERT_EQ(examine(database_), Soundness::damaged) << tenths;
    const std::string damaged = directory_.read("library.db");
    const Rebuilt result = rebuilt();
    expect_sound();
    EXPECT_GT(result.sources.at(0).rows, 0) << tenths;
    EXPECT_FALSE(result.sources.at(0).whole);
    EXPECT_EQ(directory_.read(result.kept.filename().string()), damaged);
    for (const auto& file : std::filesystem::directory_iterator(database_.parent_path())) {
      EXPECT_NE(file.path().extension(), ".tmp") << file.path();
    }
  }
}

TEST_F(RebuildTest, LeavesOutDocumentsThatCannotBeUnpacked) {
  const std::string torn = compress(R"({"a":"document"})").substr(0, 12) + std::string(50, '\0');
  {
    auto connection = Connection::open(database_, Connection::Access::existing);
    ASSERT_TRUE(connection->run(
        "INSERT OR REPLACE INTO version_documents SELECT id, ?1 FROM versions ORDER BY id LIMIT 1", {Blob(torn)}));
  }
  const std::string kept = look(database_, "SELECT count(*) - 1 FROM version_documents");
  destroy_page_with("model_200.safetensors");
  rebuilt();
  EXPECT_EQ(look(database_, "SELECT count(*) FROM version_documents"), kept);
}

TEST_F(RebuildTest, SaysWhenThereIsNoRoomToReadIt) {
  const std::string bytes = directory_.read("library.db");
  directory_.write("library.db", bytes.substr(0, bytes.size() / 2));
  const Path target = directory_ / "new.db";
  auto connection = Connection::open(target, Connection::Access::create);
  ASSERT_TRUE(connection);
  // Something is where the copy has to go, and it does not give way.
  std::filesystem::create_directories(directory_ / "new.db.cut.tmp" / "in the way");
  const auto taken = salvage(*connection, database_);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("cannot copy"));
}

TEST_F(RebuildTest, TakesTheRestFromABackup) {
  ASSERT_TRUE(LibraryView::open(database_)->back_up(directory_ / "copy.db").has_value());
  {
    Library library = open_library(database_);
    ASSERT_TRUE(library.record_pending(record_of(entries + 1)).has_value());
    ASSERT_TRUE(library.record_error({3}, "newer than the backup").has_value());
  }
  destroy_page_with("model_200.safetensors");
  rebuilt({directory_ / "copy.db"});
  expect_sound();
  EXPECT_EQ(count(), entries + 1U);
  Library library = open_library(database_);
  EXPECT_EQ(entry_of(library, 3).error, "newer than the backup");
  EXPECT_EQ(entry_of(library, 200).status, EntryStatus::downloaded);
}

TEST_F(RebuildTest, WithoutAReadableHeaderOnlyTheBackupIsLeft) {
  ASSERT_TRUE(LibraryView::open(database_)->back_up(directory_ / "copy.db").has_value());
  destroy_header();
  ASSERT_EQ(examine(database_), Soundness::damaged);
  const Rebuilt result = rebuilt({directory_ / "copy.db"});
  expect_sound();
  EXPECT_EQ(count(), static_cast<std::size_t>(entries));
  ASSERT_THAT(result.sources, SizeIs(2));
  EXPECT_EQ(result.sources[1].rows, 0);
}

TEST_F(RebuildTest, AFailureLeavesEverythingAsItWas) {
  destroy_page_with("model_200.safetensors");
  const std::string before = directory_.read("library.db");
  const std::size_t files = directory_.count();
  const auto result = rebuild(database_, {}, [](Library&) { return Status(fail(ErrorKind::cancelled, "stop")); });
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(directory_.read("library.db"), before);
  EXPECT_EQ(directory_.count(), files);
}

}  // namespace
}  // namespace civitai::store::test
