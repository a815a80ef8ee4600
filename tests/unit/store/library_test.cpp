#include "store/library.hpp"

#include "store/library_view.hpp"
#include "unit/store/support.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LibraryTest : public ::testing::Test {
 protected:
  Path database() const { return directory_ / "library.db"; }

  TempDir directory_;
  Library library_ = open_library(directory_ / "library.db");
};

Status mark_downloaded(Library& library, std::int64_t id) {
  Hashes computed;
  computed.set(HashKind::sha256, digest(id));
  return library.record_downloaded(FileId{id}, format("/models/model_{}.safetensors", id), kibibytes(64), computed,
                                   {"SHA256", digest(id)});
}

// A small library that is filled by a later process was looked through from end to end for each of the new files.
TEST(LibraryGrowth, GathersNoStatisticsWhileItIsSmall) {
  const TempDir directory;
  const Path database = directory / "library.db";
  for (const std::int64_t id : {1, 2}) ASSERT_TRUE(open_library(database).record_pending(record_of(id)).has_value());
  EXPECT_EQ(look(database, "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'sqlite_stat*'"), "0");
}

TEST_F(LibraryTest, AMovedFileKeepsItsProof) {
  ASSERT_TRUE(library_.record_pending(record_of(7)).has_value());
  const std::vector<Record> moved = {MovedRecord{{7}, "/elsewhere/7"}};
  EXPECT_EQ(library_.record_all(moved).error().kind, ErrorKind::not_found) << "it never was anywhere";
  ASSERT_TRUE(mark_downloaded(library_, 7).has_value());
  ASSERT_TRUE(library_.record_error({7}, "missing").has_value());
  const std::string proof = "SELECT proof_value || verified_at FROM placements";
  const std::string before = look(directory_ / "library.db", proof);
  ASSERT_TRUE(library_.record_all(moved).has_value());
  EXPECT_EQ(entry_of(library_, 7).status, EntryStatus::downloaded);
  EXPECT_EQ(entry_of(library_, 7).path, "/elsewhere/7");
  EXPECT_EQ(look(directory_ / "library.db", proof), before);
}

TEST_F(LibraryTest, ReturnsEverythingThatWasRecorded) {
  FileRecord record = record_of(7);
  for (const auto& [kind, digits] : {std::pair{HashKind::sha256, 64},
                                     {HashKind::blake3, 64},
                                     {HashKind::autov2, 10},
                                     {HashKind::autov3, 12},
                                     {HashKind::crc32, 8},
                                     {HashKind::autov1, 8}}) {
    record.entry.hashes.set(kind, digest(digits, digits));
  }
  ASSERT_TRUE(library_.record_pending(record).has_value());

  const LibraryEntry entry = entry_of(library_, 7);
  LibraryEntry expected = record.entry;
  expected.updated_at = entry.updated_at;
  EXPECT_EQ(entry.status, EntryStatus::pending);
  EXPECT_EQ(entry.model_id, expected.model_id);
  EXPECT_EQ(entry.model_name, expected.model_name);
  EXPECT_EQ(entry.model_type, expected.model_type);
  EXPECT_EQ(entry.creator, expected.creator);
  EXPECT_EQ(entry.version_id, expected.version_id);
  EXPECT_EQ(entry.version_name, expected.version_name);
  EXPECT_EQ(entry.base_model, expected.base_model);
  EXPECT_EQ(entry.file_name, expected.file_name);
  EXPECT_EQ(entry.file_type, expected.file_type);
  EXPECT_EQ(entry.size, expected.size);
  EXPECT_EQ(entry.hashes, expected.hashes);
  EXPECT_EQ(entry.path, expected.path);
  EXPECT_EQ(entry.error, "");
}

TEST_F(LibraryTest, StampsTheTimeOfTheLastChange) {
  const SystemTime before = RealClock().now();
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  const SystemTime after = RealClock().now();
  const SystemTime stamped = entry_of(library_, 1).updated_at;
  EXPECT_LE(before, stamped);
  EXPECT_LE(stamped, after);
}

TEST_F(LibraryTest, FindsNothingForAnUnknownFile) {
  const auto found = library_.find(FileId{99});
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->has_value());
}

TEST_F(LibraryTest, KeepsWhatIsRecordedAcrossOpenings) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  library_ = open_library(directory_ / "other.db");
  library_ = open_library(database());
  EXPECT_EQ(entry_of(library_, 1).model_name, "Model 1");
}

TEST_F(LibraryTest, ADownloadedFileHasItsRealPathAndSize) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  ASSERT_TRUE(library_.record_downloaded(FileId{1}, "/elsewhere/real.safetensors", ByteCount{1234}, {}, {"length", ""})
                  .has_value());
  const LibraryEntry entry = entry_of(library_, 1);
  EXPECT_EQ(entry.status, EntryStatus::downloaded);
  EXPECT_EQ(entry.path, "/elsewhere/real.safetensors");
  EXPECT_EQ(entry.size, ByteCount{1234});
}

TEST_F(LibraryTest, PendingKeepsADownloadedFileAsItIs) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  ASSERT_TRUE(mark_downloaded(library_, 1).has_value());
  const LibraryEntry downloaded = entry_of(library_, 1);
  FileRecord again = record_of(1);
  again.entry.path = "/another/place.safetensors";
  again.entry.model_name = "Renamed";
  again.entry.size = kibibytes(1);
  ASSERT_TRUE(library_.record_pending(again).has_value());

  const LibraryEntry entry = entry_of(library_, 1);
  EXPECT_EQ(entry.status, EntryStatus::downloaded);
  EXPECT_EQ(entry.path, downloaded.path);
  EXPECT_EQ(entry.size, downloaded.size);
  EXPECT_EQ(entry.updated_at, downloaded.updated_at);
  EXPECT_EQ(entry.model_name, "Renamed");
  EXPECT_EQ(look(database(), "SELECT proof_value FROM placements"), digest(1));
}

TEST_F(LibraryTest, AnErrorKeepsItsReasonUntilTheNextTry) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  ASSERT_TRUE(library_.record_error(FileId{1}, "the site said 'no'; twice").has_value());
  EXPECT_EQ(entry_of(library_, 1).status, EntryStatus::error);
  EXPECT_EQ(entry_of(library_, 1).error, "the site said 'no'; twice");
  EXPECT_EQ(entry_of(library_, 1).path, "/models/model_1.safetensors");

  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  EXPECT_EQ(entry_of(library_, 1).status, EntryStatus::pending);
  EXPECT_EQ(entry_of(library_, 1).error, "");
}

TEST_F(LibraryTest, ADownloadClearsTheError) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  ASSERT_TRUE(library_.record_error(FileId{1}, "broken").has_value());
  ASSERT_TRUE(mark_downloaded(library_, 1).has_value());
  EXPECT_EQ(entry_of(library_, 1).status, EntryStatus::downloaded);
  EXPECT_EQ(entry_of(library_, 1).error, "");
}

TEST_F(LibraryTest, AnErrorOfADownloadedFileKeepsWhereItIsAndWhatWasProven) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  ASSERT_TRUE(library_.record_downloaded(FileId{1}, "/real/file", ByteCount{9}, {}, {"SHA256", digest(5)}).has_value());
  ASSERT_TRUE(library_.record_error(FileId{1}, "bytes changed").has_value());
  EXPECT_EQ(entry_of(library_, 1).path, "/real/file");
  EXPECT_EQ(entry_of(library_, 1).size, ByteCount{9});
  EXPECT_EQ(look(database(), "SELECT proof_value FROM placements"), digest(5));
}

TEST_F(LibraryTest, ResultsOfAFileThatWasNeverRecordedAreRefused) {
  EXPECT_EQ(mark_downloaded(library_, 5).error().kind, ErrorKind::not_found);
  EXPECT_EQ(library_.record_error(FileId{5}, "why").error().kind, ErrorKind::not_found);
  EXPECT_THAT(ids_of(library_.entries()), IsEmpty());
}

TEST_F(LibraryTest, ARecordWithoutIdsIsRefused) {
  FileRecord record = record_of(1);
  record.entry.file_id = {};
  EXPECT_EQ(library_.record_pending(record).error().kind, ErrorKind::internal);
  EXPECT_THAT(ids_of(library_.entries()), IsEmpty());
}

TEST_F(LibraryTest, PublishedHashesStayBesideComputedOnes) {
  FileRecord record = record_of(1);
  record.entry.hashes.set(HashKind::sha256, digest(0xA));
  ASSERT_TRUE(library_.record_pending(record).has_value());
  Hashes computed;
  computed.set(HashKind::sha256, digest(0xB));
  computed.set(HashKind::blake3, digest(0xC));
  ASSERT_TRUE(library_.record_downloaded(FileId{1}, "/f", ByteCount{1}, computed, {"BLAKE3", digest(0xC)}).has_value());

  const Hashes known = entry_of(library_, 1).hashes;
  EXPECT_EQ(known.get(HashKind::sha256), digest(0xA)) << "as published";
  EXPECT_EQ(known.get(HashKind::blake3), digest(0xC)) << "computed, because none was published";
  EXPECT_EQ(look(database(), "SELECT sha256 FROM placements"), digest(0xB));
  EXPECT_EQ(look(database(), "SELECT verified_at > 0 FROM placements"), "1");
  EXPECT_EQ(look(database(), "SELECT blake3 IS NULL FROM files"), "1");
}

TEST_F(LibraryTest, EmptyFieldsNeverReplaceKnownOnes) {
  FileRecord rich = record_of(1);
  rich.tags = {"anime"};
  rich.trained_words = {"masterpiece"};
  ASSERT_TRUE(library_.record_pending(rich).has_value());
  FileRecord poor;
  poor.entry.model_id = rich.entry.model_id;
  poor.entry.version_id = rich.entry.version_id;
  poor.entry.file_id = rich.entry.file_id;
  poor.entry.path = rich.entry.path;
  ASSERT_TRUE(library_.record_pending(poor).has_value());

  const LibraryEntry entry = entry_of(library_, 1);
  EXPECT_EQ(entry.creator, "someone");
  EXPECT_EQ(entry.file_name, "model_1.safetensors");
  EXPECT_EQ(entry.size, kibibytes(64));
  EXPECT_EQ(entry.hashes, rich.entry.hashes);
  EXPECT_EQ(look(directory_ / "library.db", "SELECT tags || trained_words FROM entries"), "animemasterpiece");
  EXPECT_EQ(library_.version_document(VersionId{10})->value(), R"({"id":10})");
}

TEST_F(LibraryTest, NewPublishedHashesReplaceTheOldOnesAsASet) {
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  FileRecord replaced = record_of(1);
  replaced.entry.hashes = {};
  replaced.entry.hashes.set(HashKind::blake3, digest(2));
  ASSERT_TRUE(library_.record_pending(replaced).has_value());
  EXPECT_EQ(entry_of(library_, 1).hashes, replaced.entry.hashes);
}

TEST_F(LibraryTest, TwoFilesOfOneVersionAreTwoEntries) {
  FileRecord second = record_of(1);
  second.entry.file_id = {2};
  ASSERT_TRUE(library_.record_pending(record_of(1)).has_value());
  ASSERT_TRUE(library_.record_pending(second).has_value());
  ASSERT_TRUE(mark_downloaded(library_, 2).has_value());
  EXPECT_EQ(entry_of(library_, 1).status, EntryStatus::pending);
  EXPECT_EQ(entry_of(library_, 2).status, EntryStatus::downloaded);
}

TEST_F(LibraryTest, EntriesComeByModelNameThenVersionThenFile) {
  const auto put = [&](std::int64_t file, std::int64_t version, std::int64_t model, std::string name) {
    FileRecord record = record_of(file);
    record.entry.version_id = {version};
    record.entry.model_id = {model};
    record.entry.model_name = std::move(name);
    ASSERT_TRUE(library_.record_pending(record).has_value());
  };
  put(4, 1, 1, "zebra");
  put(3, 9, 2, "Apple");
  put(1, 11, 2, "Apple");
  put(2, 9, 2, "Apple");
  put(5, 5, 3, "banana");
  EXPECT_THAT(ids_of(library_.entries()), ElementsAre(2, 3, 1, 5, 4));
}

TEST_F(LibraryTest, KeepsTheDocumentByteForByte) {
  FileRecord record = record_of(1);
  const std::string json = "{\"name\" :\t\"水墨\\u00e9\",\n \"n\": 1.50}";
  record.version_document.gzip = compress(json);
  ASSERT_TRUE(library_.record_pending(record).has_value());
  EXPECT_EQ(library_.version_document(VersionId{10})->value(), json);
  EXPECT_FALSE(library_.version_document(VersionId{11})->has_value());
}

TEST_F(LibraryTest, TellsADamagedDocument) {
  FileRecord record = record_of(1);
  record.version_document.gzip = "no gzip at all";
  ASSERT_TRUE(library_.record_pending(record).has_value());
  const auto document = library_.version_document(VersionId{10});
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().kind, ErrorKind::io);
  EXPECT_THAT(document.error().message, HasSubstr("document of version 10"));
}

TEST_F(LibraryTest, KeepsAnyTextAsItIs) {
  FileRecord record = record_of(1);
  record.entry.model_name = "水墨画 🎨 'quoted' \"twice\"; DROP TABLE models; --";
  record.entry.file_name = std::string("nul\0inside", 10);
  record.entry.path = "/modèles/\xFF\xFE.safetensors";
  ASSERT_TRUE(library_.record_pending(record).has_value());
  const LibraryEntry entry = entry_of(library_, 1);
  EXPECT_EQ(entry.model_name, record.entry.model_name);
  EXPECT_EQ(entry.file_name, record.entry.file_name);
  EXPECT_EQ(entry.path, record.entry.path);
}

TEST_F(LibraryTest, RecordsManyResultsInOneCommit) {
  const std::vector<Record> records = {record_of(1), record_of(2),
                                       DownloadedRecord{FileId{1}, "/models/1", ByteCount{5}, {}, {"length", ""}},
                                       ErrorRecord{FileId{2}, "gone"}};
  ASSERT_TRUE(library_.record_all(records).has_value());
  EXPECT_EQ(entry_of(library_, 1).status, EntryStatus::downloaded);
  EXPECT_EQ(entry_of(library_, 2).error, "gone");
}

TEST_F(LibraryTest, RecordsAllOrNothing) {
  const std::vector<Record> records = {record_of(1), ErrorRecord{FileId{77}, "unknown"}};
  EXPECT_EQ(library_.record_all(records).error().kind, ErrorKind::not_found);
  EXPECT_THAT(ids_of(library_.entries()), IsEmpty());
  EXPECT_TRUE(library_.record_pending(record_of(1)).has_value()) << "the library can go on";
}

TEST_F(LibraryTest, ServesSeveralThreads) {
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 1; i <= 50; ++i) {
          EXPECT_TRUE(library_.record_pending(record_of(thread * 50 + i)).has_value());
          EXPECT_TRUE(library_.find(FileId{1}).has_value());
        }
      });
    }
  }
  EXPECT_EQ(library_.entries()->size(), 200U);
}

TEST_F(LibraryTest, HoldsTenThousandEntries) {
  std::vector<Record> records;
  for (int id = 1; id <= 10'000; ++id) records.emplace_back(record_of(id));
  ASSERT_TRUE(library_.record_all(records).has_value());
  EXPECT_EQ(library_.entries()->size(), 10'000U);
  auto view = LibraryView::open(directory_ / "library.db");
  ASSERT_TRUE(view.has_value()) << view.error().message;
  const auto found = view->search("model_1234.", 10);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->entries.size(), 1U);
  EXPECT_EQ(found->entries[0].file_id, FileId{1234});
}

}  // namespace
}  // namespace civitai::store::test
