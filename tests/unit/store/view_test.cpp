// Looking into the library: lists, keys, details, statistics.
#include "store/library_view.hpp"
#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ViewTest : public ::testing::Test {
 protected:
  ViewTest() {
    FileRecord first = record_of(1);
    first.entry.model_name = "Beta";
    first.entry.creator = "Anna";
    first.tags = {"light", "paper"};
    first.trained_words = {"glow"};
    put(first);
    FileRecord second = record_of(2);
    second.entry.model_name = "alpha";
    second.entry.model_type = "LORA";
    second.entry.base_model = "Pony";
    second.entry.size = kibibytes(900);
    put(second);
    FileRecord third = record_of(3);
    third.entry.model_name = "Gamma";
    third.entry.version_id = second.entry.version_id;
    third.entry.model_id = second.entry.model_id;
    third.entry.model_name = second.entry.model_name;
    third.entry.model_type = "LORA";
    third.entry.base_model = "Pony";
    put(third);
    downloaded(1, "/models/a", digest(7));
    EXPECT_TRUE(library_.record_error({3}, "went wrong").has_value());
  }

  void put(const FileRecord& record) { ASSERT_TRUE(library_.record_pending(record).has_value()); }
  void downloaded(std::int64_t id, const Path& path, const std::string& sha256) {
    Hashes computed;
    computed.set(HashKind::sha256, sha256);
    ASSERT_TRUE(library_.record_downloaded({id}, path, kibibytes(64), computed, {"SHA256", sha256}).has_value());
  }
  std::vector<std::int64_t> listed(const EntryFilter& filter, EntryOrder order = EntryOrder::name) {
    std::vector<std::int64_t> ids;
    const Status done =
        view_.list(filter, order, [&](const LibraryEntry& entry) { ids.push_back(entry.file_id.value); });
    EXPECT_TRUE(done.has_value()) << done.error().message;
    return ids;
  }
  std::vector<std::int64_t> resolved(std::string_view key) {
    std::vector<std::int64_t> ids;
    const auto files = view_.resolve(key);
    if (!files) return {};
    for (const FileId file : *files) ids.push_back(file.value);
    return ids;
  }

  TempDir directory_;
  Library library_ = open_library(directory_ / "library.db");
  LibraryView view_ = *LibraryView::open(directory_ / "library.db");
};

TEST_F(ViewTest, ListsAllByNameWhateverTheLetterCase) { EXPECT_THAT(listed({}), ElementsAre(2, 3, 1)); }

TEST_F(ViewTest, FiltersByEveryList) {
  EXPECT_THAT(listed({.statuses = {EntryStatus::downloaded}}), ElementsAre(1));
  EXPECT_THAT(listed({.statuses = {EntryStatus::downloaded, EntryStatus::error}}), ElementsAre(3, 1));
  EXPECT_THAT(listed({.types = {"lora"}}), ElementsAre(2, 3));
  EXPECT_THAT(listed({.base_models = {"PONY", "Flux"}}), ElementsAre(2, 3));
  EXPECT_THAT(listed({.creators = {"anna"}}), ElementsAre(1));
  EXPECT_THAT(listed({.types = {"LORA"}, .creators = {"anna"}}), IsEmpty());
  EXPECT_THAT(listed({.types = {"' OR 1=1 --", "\"]}"}}), IsEmpty());
}

TEST_F(ViewTest, SortsAsAsked) {
  EXPECT_THAT(listed({}, EntryOrder::size), ElementsAre(2, 3, 1));
  EXPECT_THAT(listed({}, EntryOrder::type), ElementsAre(1, 2, 3));
  EXPECT_THAT(listed({}, EntryOrder::status), ElementsAre(1, 3, 2));
  EXPECT_THAT(listed({}, EntryOrder::path), ElementsAre(1, 2, 3));
  EXPECT_THAT(listed({}, EntryOrder::base_model), ElementsAre(2, 3, 1));
  EXPECT_THAT(listed({}, EntryOrder::creator), ElementsAre(1, 2, 3));
}

TEST_F(ViewTest, KnowsWhatAKeyMeans) {
  EXPECT_THAT(resolved("v_20"), ElementsAre(2, 3));
  EXPECT_THAT(resolved("20"), ElementsAre(2, 3)) << "the id of a version goes before others";
  EXPECT_THAT(resolved("3"), ElementsAre(3));
  EXPECT_THAT(resolved("200"), ElementsAre(2, 3)) << "of a model";
  EXPECT_THAT(resolved("/models/a"), ElementsAre(1));
  EXPECT_THAT(resolved("/models/b/../a"), ElementsAre(1));
  EXPECT_THAT(resolved(digest(2)), ElementsAre(2)) << "as the site published it";
  EXPECT_THAT(resolved(digest(7)), ElementsAre(1)) << "as it was computed here";
  for (const std::string_view nothing : {"v_3", "v_", "999", "", "/nowhere", "abcdef12", "v_20 OR 1"}) {
    EXPECT_THAT(resolved(nothing), IsEmpty()) << nothing;
    EXPECT_EQ(view_.resolve(nothing).error().kind, ErrorKind::not_found);
  }
}

TEST_F(ViewTest, TellsEverythingAboutOneFile) {
  const auto details = view_.details({1});
  ASSERT_TRUE(details.has_value() && details->has_value());
  EXPECT_EQ((*details)->entry.model_name, "Beta");
  EXPECT_THAT((*details)->tags, ElementsAre("light", "paper"));
  EXPECT_THAT((*details)->trained_words, ElementsAre("glow"));
  EXPECT_EQ((*details)->published.get(HashKind::sha256), digest(1));
  EXPECT_EQ((*details)->computed.get(HashKind::sha256), digest(7));
  EXPECT_TRUE((*details)->present);
  EXPECT_EQ((*details)->proof_kind, "SHA256");
  EXPECT_TRUE((*details)->verified_at.has_value());
  EXPECT_TRUE((*details)->has_document);
  const auto wanted = view_.details({2});
  EXPECT_FALSE((*wanted)->present);
  EXPECT_FALSE((*wanted)->verified_at.has_value());
  EXPECT_FALSE(view_.details({99})->has_value());
}

TEST_F(ViewTest, CountsWhatIsThere) {
  downloaded(2, "/models/twin", digest(7));
  const auto statistics = view_.statistics();
  ASSERT_TRUE(statistics.has_value()) << statistics.error().message;
  EXPECT_EQ(statistics->models, 2);
  EXPECT_EQ(statistics->versions, 2);
  EXPECT_EQ(statistics->creators, 2);
  EXPECT_EQ(statistics->files, 3);
  EXPECT_EQ(statistics->bytes, kibibytes(128));
  ASSERT_EQ(statistics->types.size(), 2U);
  EXPECT_EQ(statistics->types[1].name, "LORA");
  EXPECT_EQ(statistics->types[1].files, 2);
  EXPECT_EQ(statistics->types[1].bytes, kibibytes(64));
  ASSERT_EQ(statistics->duplicates.size(), 1U);
  EXPECT_THAT(statistics->duplicates[0].paths, ElementsAre("/models/a", "/models/twin"));
}

TEST_F(ViewTest, RenewsAProofAndNothingElse) {
  const LibraryEntry before = entry_of(library_, 1);
  change(directory_ / "library.db", "UPDATE placements SET verified_at = 5 WHERE file_id = 1");
  Hashes computed;
  computed.set(HashKind::blake3, digest(8));
  const std::vector<Record> records = {VerifiedRecord{{1}, computed, {"BLAKE3", digest(8)}}};
  ASSERT_TRUE(library_.record_all(records).has_value());
  const auto details = view_.details({1});
  EXPECT_GT((*details)->verified_at, SystemTime(Milliseconds(5)));
  EXPECT_EQ((*details)->proof_kind, "BLAKE3");
  EXPECT_EQ((*details)->computed.get(HashKind::sha256), digest(7)) << "the same bytes have both";
  EXPECT_EQ(entry_of(library_, 1).updated_at, before.updated_at);
  const auto targets = view_.check_targets();
  ASSERT_EQ(targets->size(), 3U);
  EXPECT_EQ((*targets)[0].file, FileId{2}) << "the largest first";
  EXPECT_FALSE((*targets)[0].present);
  EXPECT_TRUE((*targets)[2].present || (*targets)[1].present);
}

}  // namespace
}  // namespace civitai::store::test
