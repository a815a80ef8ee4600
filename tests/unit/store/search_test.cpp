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
  std::vector<std::int64_t> found(std::string_view query) { return ids_of(library_.search(query)); }

  TempDir directory_;
  Library library_ = open_library(directory_ / "library.db");
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

}  // namespace
}  // namespace civitai::store::test
