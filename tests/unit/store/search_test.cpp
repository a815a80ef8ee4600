#include "store/library_view.hpp"
#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SearchTest : public ::testing::Test {
 protected:
  SearchTest() {
    FileRecord first = record_of(1);
    first.entry.model_name = "DreamWeaver XL";
    first.entry.version_name = "v2.0 Lightning";
    first.entry.file_name = "dreamweaver_100%.safetensors";
    first.entry.creator = "Élodie";
    first.tags = {"base model", "photo"};
    first.trained_words = {"dwxl style"};
    put(first);
    FileRecord second = record_of(2);
    second.entry.model_name = "水墨画 Ink";
    second.entry.file_name = "ink-v1.safetensors";
    second.entry.creator = "Пётр";
    second.tags = {"style", "1000 years"};
    put(second);
  }

  void put(const FileRecord& record) {
    const Status done = library_.record_pending(record);
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  std::vector<std::int64_t> found(std::string_view query, std::size_t limit = 0) {
    auto result = view_.search(query, limit);
    if (!result) ADD_FAILURE() << result.error().message;
    more_ = result && result->more;
    std::vector<std::int64_t> ids;
    for (const LibraryEntry& entry : result->entries) ids.push_back(entry.file_id.value);
    return ids;
  }

  TempDir directory_;
  Library library_ = open_library(directory_ / "library.db");
  LibraryView view_ = *LibraryView::open(directory_ / "library.db");
  bool more_ = false;
};

TEST_F(SearchTest, LooksIntoEveryField) {
  EXPECT_THAT(found("weaver"), ElementsAre(1));
  EXPECT_THAT(found("lightning"), ElementsAre(1));
  EXPECT_THAT(found("ink-v1"), ElementsAre(2));
  EXPECT_THAT(found("Пётр"), ElementsAre(2));
  EXPECT_THAT(found("photo"), ElementsAre(1));
  EXPECT_THAT(found("dwxl"), ElementsAre(1));
}

TEST_F(SearchTest, WantsEveryWordInAnyOrderAndField) {
  EXPECT_THAT(found("photo dream élodie"), ElementsAre(1));
  EXPECT_THAT(found("  dream\t weaver "), ElementsAre(1));
  EXPECT_THAT(found("photo ink"), IsEmpty());
}

TEST_F(SearchTest, IgnoresLetterCaseAlsoBeyondAscii) {
  EXPECT_THAT(found("DREAMWEAVER"), ElementsAre(1));
  EXPECT_THAT(found("ÉLODIE"), ElementsAre(1));
  EXPECT_THAT(found("ПЁТР"), ElementsAre(2));
  EXPECT_THAT(found("墨"), ElementsAre(2));
}

TEST_F(SearchTest, TakesPatternCharactersLiterally) {
  EXPECT_THAT(found("100%"), ElementsAre(1));
  EXPECT_THAT(found("%"), ElementsAre(1));
  EXPECT_THAT(found("dreamweaver_1"), ElementsAre(1));
  EXPECT_THAT(found("dreamweaver_x"), IsEmpty());
  EXPECT_THAT(found("w_aver"), IsEmpty());
  EXPECT_THAT(found("'"), IsEmpty());
  EXPECT_THAT(found("\\"), IsEmpty());
}

TEST_F(SearchTest, FindsNoWordAcrossTwoFields) {
  EXPECT_THAT(found("xlv2.0"), IsEmpty());
  EXPECT_THAT(found("modelphoto"), IsEmpty());
}

TEST_F(SearchTest, AQueryWithoutWordsFindsAll) {
  EXPECT_THAT(found(""), ElementsAre(1, 2));
  EXPECT_THAT(found(" \n\t"), ElementsAre(1, 2));
}

TEST_F(SearchTest, FindsWordsThatAreShorterThanTheIndexCuts) {
  EXPECT_THAT(found("xl"), ElementsAre(1));
  EXPECT_THAT(found("水墨"), ElementsAre(2));
  EXPECT_THAT(found("v1 ink"), ElementsAre(2));
  EXPECT_THAT(found("v2 photo"), ElementsAre(1));
  EXPECT_THAT(found("zz"), IsEmpty());
}

TEST_F(SearchTest, TakesTheLanguageOfTheIndexLiterally) {
  for (const std::string_view query : {"\"", "\"\"\"", "dream XOR", "NOT dream", "name:dream", "dream*", "(dream",
                                       "^dream", "{name}", "dream NEAR(x)", "weaver\" OR \"ink"}) {
    EXPECT_THAT(found(query), IsEmpty()) << query;
  }
}

TEST_F(SearchTest, PutsTheBestFirst) {
  const auto named = [&](std::int64_t id, std::string name, std::vector<std::string> tags) {
    FileRecord record = record_of(id);
    record.entry.model_name = std::move(name);
    record.tags = std::move(tags);
    put(record);
  };
  named(10, "Something", {"lantern"});
  named(11, "Paperlanterns", {});
  named(12, "A Lantern", {});
  named(13, "Lantern", {});
  named(14, "Lanterns of Paper", {});
  EXPECT_THAT(found("lantern"), ElementsAre(13, 12, 14, 11, 10));
}

TEST_F(SearchTest, SaysThatThereIsMoreThanWasAskedFor) {
  for (std::int64_t id = 10; id < 20; ++id) put(record_of(id));
  EXPECT_EQ(found("model", 5).size(), 5U);
  EXPECT_TRUE(more_);
  EXPECT_EQ(found("model", 11).size(), 11U) << "ten names hold the word, and a tag does";
  EXPECT_FALSE(more_);
  EXPECT_EQ(found("", 3).size(), 3U);
  EXPECT_TRUE(more_);
}

TEST_F(SearchTest, MissesNoNameForTheManyThatHoldTheWordElsewhere) {
  FileRecord oldest = record_of(10);
  oldest.entry.model_name = "Night Lantern";
  put(oldest);
  std::vector<Record> many;
  for (std::int64_t id = 11; id < 1111; ++id) {
    FileRecord record = record_of(id);
    record.tags = {"lantern"};
    many.emplace_back(std::move(record));
  }
  ASSERT_TRUE(library_.record_all(many));
  EXPECT_EQ(found("lantern", 5).front(), 10);
  EXPECT_TRUE(more_);
  EXPECT_EQ(found("lantern").size(), 1101U);
}

TEST_F(SearchTest, FollowsWhatChanges) {
  FileRecord renamed = record_of(1);
  renamed.entry.model_name = "Nightfall";
  put(renamed);
  EXPECT_THAT(found("nightfall"), ElementsAre(1));
  EXPECT_THAT(found("weaver"), IsEmpty());
  FileRecord sibling = record_of(5);
  sibling.entry.model_id = renamed.entry.model_id;
  sibling.entry.version_id = renamed.entry.version_id;
  sibling.entry.model_name = "Nightrise";
  sibling.entry.version_name = "v9";
  put(sibling);
  EXPECT_THAT(found("nightrise v9"), ElementsAre(1, 5));
  EXPECT_EQ(look(directory_ / "library.db", "SELECT count(*) FROM search_queue"), "0");
}

TEST_F(SearchTest, CatchesUpWithWhatAnotherProgramChanged) {
  change(directory_ / "library.db", "UPDATE models SET name = 'Changed Elsewhere' WHERE id = 200");
  { const Library reopened = open_library(directory_ / "library.db"); }
  EXPECT_THAT(found("elsewhere"), ElementsAre(2));
  change(directory_ / "library.db", "DELETE FROM files WHERE id = 2");
  { const Library reopened = open_library(directory_ / "library.db"); }
  EXPECT_THAT(found("elsewhere"), IsEmpty());
  EXPECT_EQ(look(directory_ / "library.db", "SELECT count(*) FROM search_texts"), "1");
}

TEST_F(SearchTest, TheIndexAgreesWithItsTexts) {
  for (std::int64_t id = 10; id < 60; ++id) put(record_of(id));
  change(directory_ / "library.db", "INSERT INTO search (search) VALUES ('integrity-check')");
}

}  // namespace
}  // namespace civitai::store::test
