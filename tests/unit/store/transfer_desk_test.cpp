// Whole entries in and out of the library, and what is kept of them in JSON and in Bitcask.
#include "store/transfer_desk.hpp"

#include "store/hash_cache.hpp"
#include "store/library_records.hpp"
#include "store/seed_record.hpp"
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

WholeEntry whole_entry(std::int64_t id, EntryStatus status = EntryStatus::downloaded) {
  const FileRecord record = record_of(id);
  WholeEntry whole;
  whole.entry = record.entry;
  whole.entry.status = status;
  whole.entry.error = status == EntryStatus::error ? "it \"broke\"\nbadly" : "";
  whole.entry.updated_at = SystemTime(Milliseconds(1'700'000'000'123));
  whole.added_at = SystemTime(Milliseconds(1'600'000'000'456));
  whole.tags = {"style", "日本"};
  whole.trained_words = {"night water"};
  whole.document = record.version_document;
  if (status == EntryStatus::downloaded) {
    whole.presence = WholeEntry::Presence{.size = kibibytes(64), .proof = {"SHA256", digest(id)}};
    whole.presence->computed.set(HashKind::sha256, digest(id));
    whole.presence->verified_at = SystemTime(Milliseconds(1'650'000'000'789));
  }
  return whole;
}

// Every entry of a library, as text.
std::vector<std::string> texts_of(const Path& database) {
  std::vector<std::string> texts;
  auto desk = TransferDesk::open(database, Library::Mode::read_only);
  EXPECT_TRUE(desk) << desk.error().message;
  if (!desk) return texts;
  const auto done = desk->each([&](const WholeEntry& entry, const std::string& document) {
    texts.push_back(to_json(entry, document));
    return Status{};
  });
  EXPECT_TRUE(done) << done.error().message;
  return texts;
}

TransferDesk open_desk(const Path& database) {
  auto desk = TransferDesk::open(database, Library::Mode::read_write);
  if (!desk) throw std::runtime_error(desk.error().message);
  return std::move(*desk);
}

TakenOver take(const Path& database, const std::vector<WholeEntry>& entries) {
  const auto taken = open_desk(database).take_over(entries);
  if (!taken) throw std::runtime_error(taken.error().message);
  return *taken;
}

class Desk : public ::testing::Test {
 protected:
  TempDir directory_;
  Path database_ = directory_ / "library.db";
};

TEST_F(Desk, NothingIsLostOnTheWayThroughJson) {
  take(database_, {whole_entry(1), whole_entry(2, EntryStatus::pending), whole_entry(3, EntryStatus::error)});
  const std::vector<std::string> before = texts_of(database_);
  ASSERT_THAT(before, SizeIs(3));
  std::vector<WholeEntry> read;
  for (const std::string& text : before) {
    auto entry = whole_entry_from(text);
    ASSERT_TRUE(entry) << entry.error().message;
    read.push_back(std::move(*entry));
  }
  const Path copy = directory_ / "copy.db";
  EXPECT_EQ(take(copy, read).added, 3U);
  EXPECT_EQ(texts_of(copy), before);
}

TEST_F(Desk, WhatWasTakenAwayOnPurposeStaysAwayInTheNextLibrary) {
  WholeEntry deleted = whole_entry(1);
  deleted.deleted_at = SystemTime(Milliseconds(1'680'000'000'000));
  take(database_, {deleted, whole_entry(2)});
  Library library = open_library(database_);
  EXPECT_THAT(library.entries().value(), SizeIs(1));
  const std::vector<DeletedFile> remembered = library.deleted().value();
  ASSERT_THAT(remembered, SizeIs(1));
  EXPECT_EQ(remembered.front().file, FileId{1});
  EXPECT_EQ(remembered.front().deleted_at, *deleted.deleted_at);
  const std::vector<std::string> texts = texts_of(database_);
  ASSERT_THAT(texts, SizeIs(2));
  EXPECT_EQ(whole_entry_from(texts.front()).value().deleted_at, deleted.deleted_at);
  // What was taken away here, and what is here, is decided.
  take(database_, {whole_entry(1)});
  deleted.entry.file_id = {2};
  take(database_, {deleted});
  EXPECT_EQ(texts_of(database_), texts);
}

TEST_F(Desk, WhatIsTakenTwiceIsThereOnce) {
  const std::vector<WholeEntry> entries = {whole_entry(1), whole_entry(2, EntryStatus::pending)};
  take(database_, entries);
  const std::vector<std::string> before = texts_of(database_);
  const TakenOver again = take(database_, entries);
  EXPECT_EQ(again.kept, 2U);
  EXPECT_EQ(again.added + again.completed, 0U);
  EXPECT_EQ(texts_of(database_), before);
}

TEST_F(Desk, AnEntryThatIsHereCompletesOneThatIsNotAndNeverTheOtherWayRound) {
  take(database_, {whole_entry(1, EntryStatus::error), whole_entry(2)});
  const TakenOver taken = take(database_, {whole_entry(1), whole_entry(2, EntryStatus::pending)});
  EXPECT_EQ(taken.completed, 1U);
  EXPECT_EQ(taken.kept, 1U);
  Library library = open_library(database_);
  EXPECT_EQ(entry_of(library, 1).status, EntryStatus::downloaded);
  EXPECT_EQ(entry_of(library, 1).error, "");
  EXPECT_EQ(entry_of(library, 2).status, EntryStatus::downloaded);
}

TEST_F(Desk, NamesThatTheLibraryKnowsStay) {
  ASSERT_TRUE(open_library(database_).record_pending(record_of(1)));
  WholeEntry older = whole_entry(1);
  older.entry.model_name = "Its former name";
  take(database_, {older});
  Library library = open_library(database_);
  EXPECT_EQ(entry_of(library, 1).model_name, "Model 1");
}

TEST_F(Desk, AModelWithoutIdWaitsForOne) {
  WholeEntry nameless = whole_entry(1, EntryStatus::pending);
  nameless.entry.model_id = {};
  take(database_, {nameless});
  {
    Library library = open_library(database_);
    EXPECT_EQ(entry_of(library, 1).model_id, ModelId{});
    EXPECT_EQ(entry_of(library, 1).model_name, "Model 1");
    ASSERT_TRUE(library.record_pending(record_of(1)));
    EXPECT_EQ(entry_of(library, 1).model_id, ModelId{100});
  }
  EXPECT_EQ(look(database_, "SELECT count(*) FROM models"), "1");
  take(database_, {nameless});
  Library library = open_library(database_);
  EXPECT_EQ(entry_of(library, 1).model_id, ModelId{100});
}

TEST_F(Desk, TheSourceOfAnImportIsRemembered) {
  TransferDesk desk = open_desk(database_);
  EXPECT_EQ(desk.source("/old").value(), std::nullopt);
  ASSERT_TRUE(desk.note_source("/old", SourceState::declined));
  EXPECT_EQ(desk.source("/old").value(), SourceState::declined);
  ASSERT_TRUE(desk.note_source("/old", SourceState::imported));
  EXPECT_EQ(desk.source("/old").value(), SourceState::imported);
}

TEST_F(Desk, AProcessThatDiesLeavesAWholeNumberOfCommits) {
  std::vector<std::vector<WholeEntry>> batches(3);
  for (std::int64_t id = 1; id <= 300; ++id) batches[static_cast<std::size_t>(id - 1) / 100].push_back(whole_entry(id));
  const pid_t child = start_process([&] {
    TransferDesk desk = open_desk(database_);
    for (const auto& batch : batches) {
      if (!desk.take_over(batch)) return false;
    }
    std::raise(SIGKILL);
    return true;
  });
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(texts_of(database_).size(), 300U);
  EXPECT_EQ(look(database_, "PRAGMA integrity_check"), "ok");
}

TEST_F(Desk, EntriesTooLargeForOneRecordOfTheOriginalProgramComeBackWhole) {
  std::string noise = R"({"id":10,"description":")";
  std::uint64_t state = 1;
  for (int i = 0; i < 300'000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    noise += static_cast<char>('0' + (state >> 33U) % 64);
  }
  // Neither a quote nor a backslash may stand in it.
  std::replace(noise.begin() + 25, noise.end(), '\\', '-');
  noise += "\"}";
  os::RealFileSystem files;
  auto writer = BitcaskWriter::create(files, directory_ / "db");
  ASSERT_TRUE(writer);
  ASSERT_TRUE(put_library_record(*writer, whole_entry(1), noise));
  ASSERT_TRUE(put_library_record(*writer, whole_entry(2), "{}"));
  ASSERT_TRUE(writer->finish());
  const auto reader = BitcaskReader::open(directory_ / "db", SystemTime{});
  ASSERT_TRUE(reader);
  EXPECT_GT(reader->size(), 3U);
  LibraryRecords records;
  std::vector<std::string> documents;
  ASSERT_TRUE(reader->each([&](const std::string&, const std::string& value) -> Status {
    const auto json = records.take(value);
    if (!json) return fail(json.error());
    if (!*json) return {};
    const auto entry = whole_entry_from(**json);
    if (!entry) return fail(entry.error());
    documents.push_back(decompress(entry->document.gzip, 1 << 24).value_or("?"));
    return {};
  }));
  EXPECT_THAT(documents, ElementsAre(noise, "{}"));
}

TEST(SeedRecord, IsReadFromEveryEdition) {
  const auto record = seed_record_from("v_101", R"({
    "modelName":"Dream","modelType":"LORA","version":{"id":101,"modelId":0,"name":"v1","trainedWords":["a","b"],
    "baseModel":"SDXL 1.0","files":null,"images":null,"model":{}},
    "file":{"name":"x.safetensors","id":7,"sizeKB":2.5,"type":"Model","hashes":{"SHA256":"","CRC32":"0A1B2C3D"}},
    "timestamp":1700000000,"creator":{"username":"me","image":""},"filename":"101_x.safetensors","folder":"lora/sdxl/dream",
    "status":"Downloaded"})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->entry.version_id, VersionId{101});
  EXPECT_EQ(record->entry.model_id, ModelId{});
  EXPECT_EQ(record->entry.file_id, FileId{7});
  EXPECT_EQ(record->entry.size, ByteCount{2560});
  EXPECT_EQ(record->entry.hashes.get(HashKind::crc32), "0a1b2c3d");
  EXPECT_EQ(record->entry.creator, "me");
  EXPECT_EQ(record->entry.status, EntryStatus::downloaded);
  EXPECT_THAT(record->trained_words, ElementsAre("a", "b"));
  EXPECT_EQ(record->added_at, SystemTime(std::chrono::seconds(1'700'000'000)));
  const auto later =
      seed_record_from("v_5", R"({"modelId":9,"version":{"modelId":8},"status":"Error","errorDetails":"x"})");
  ASSERT_TRUE(later);
  EXPECT_EQ(later->entry.model_id, ModelId{9});
  EXPECT_EQ(later->entry.version_id, VersionId{5});
  EXPECT_EQ(later->entry.error, "x");
}

TEST(SeedRecord, WhatMakesNoSenseIsRefused) {
  EXPECT_FALSE(seed_record_from("v_1", "no json"));
  EXPECT_FALSE(seed_record_from("v_1", R"({"version":{"id":1}})"));
  EXPECT_FALSE(seed_record_from("v_1", R"({"status":"Lost"})"));
  EXPECT_FALSE(seed_record_from("v_x", R"({"status":"Pending"})"));
  EXPECT_FALSE(seed_record_from("v_1", R"({"status":"Pending","version":{"id":1)"));
}

TEST(SeedRecord, IsWrittenAsTheOriginalProgramReadsIt) {
  WholeEntry whole = whole_entry(1);
  const std::string document = R"({"description":"<p>","files":[{"id":1,"downloadUrl":"https://x/1","primary":true,
    "metadata":{"format":"SafeTensor","fp":null}}]})";
  const std::string text = seed_json(whole, document, "lora/x", "10_model_1.safetensors");
  EXPECT_THAT(text, HasSubstr(R"("files":null)"));
  EXPECT_THAT(text, HasSubstr(R"("downloadUrl":"https://x/1")"));
  const auto back = seed_record_from("v_10", text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->entry.file_id, FileId{1});
  EXPECT_EQ(back->entry.hashes, whole.entry.hashes);
  EXPECT_EQ(back->folder, "lora/x");
  EXPECT_EQ(back->entry.size, whole.entry.size);
}

class SeedSqlite : public ::testing::Test {
 protected:
  void SetUp() override {
    change(database_, R"sql(
      CREATE TABLE models (version_id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL, model_name TEXT NOT NULL,
        model_type TEXT NOT NULL, version_name TEXT NOT NULL, trained_words TEXT, base_model TEXT,
        creator_username TEXT, filename TEXT NOT NULL, folder TEXT NOT NULL, status TEXT NOT NULL, error_details TEXT,
        timestamp INTEGER NOT NULL);
      CREATE TABLE files (id INTEGER PRIMARY KEY, version_id INTEGER NOT NULL, name TEXT NOT NULL, size_kb REAL,
        type TEXT, is_primary BOOLEAN, hash_autov2 TEXT, hash_sha256 TEXT, hash_crc32 TEXT, hash_blake3 TEXT);
      INSERT INTO models VALUES (20, 2, 'Two', 'LORA', 'v1', '["w"]', 'Pony', 'me', '20_a.safetensors', 'lora/two',
        'Downloaded', NULL, 1700000000), (3, 1, 'One', 'VAE', 'v2', 'null', NULL, NULL, 'b', 'vae', 'Error', 'why', 5);
      INSERT INTO files VALUES (7, 20, 'train.zip', 9.0, 'Training Data', 0, '', '', '', ''),
        (8, 20, 'a.safetensors', 2.5, 'Model', 1, '', '', '0A1B2C3D', '');
    )sql");
  }

  std::vector<SeedRecord> rows() {
    std::vector<SeedRecord> records;
    const auto done = each_seed_row(database_, [&](const SeedRecord& record) {
      records.push_back(record);
      return Status{};
    });
    EXPECT_TRUE(done) << done.error().message;
    return records;
  }

  TempDir directory_;
  Path database_ = directory_ / "civitai.db";
};

TEST_F(SeedSqlite, IsRecognisedAndRead) {
  EXPECT_TRUE(is_seed_sqlite(database_));
  const auto records = rows();
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].entry.version_id, VersionId{3});
  EXPECT_EQ(records[0].entry.file_id, FileId{});
  EXPECT_EQ(records[0].entry.error, "why");
  EXPECT_EQ(records[1].entry.file_id, FileId{8});
  EXPECT_EQ(records[1].entry.size, ByteCount{2560});
  EXPECT_EQ(records[1].entry.hashes.get(HashKind::crc32), "0a1b2c3d");
  EXPECT_THAT(records[1].trained_words, ElementsAre("w"));
  EXPECT_EQ(records[1].folder, "lora/two");
}

TEST_F(SeedSqlite, WhatStandsInItsLogIsReadAndNothingIsChanged) {
  auto writer = Connection::open(database_, Connection::Access::create);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(
      writer->execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; "
                      "UPDATE models SET status = 'Pending' WHERE version_id = 20"));
  const std::string before = directory_.read("civitai.db") + directory_.read("civitai.db-wal");
  ASSERT_THAT(rows(), SizeIs(2));
  EXPECT_EQ(rows()[1].entry.status, EntryStatus::pending);
  EXPECT_EQ(directory_.read("civitai.db") + directory_.read("civitai.db-wal"), before);
}

TEST_F(SeedSqlite, AnotherDatabaseIsNone) {
  static_cast<void>(open_library(directory_ / "ours.db"));
  EXPECT_FALSE(is_seed_sqlite(directory_ / "ours.db"));
  EXPECT_FALSE(is_seed_sqlite(directory_ / "missing.db"));
}

TEST(HashCache, KnowsAFileUntilItChanges) {
  const TempDir directory;
  const Path file = directory.write("a", "content");
  auto cache = HashCache::open(directory / "library.db", read_write);
  ASSERT_TRUE(cache);
  Hashes hashes;
  hashes.set(HashKind::sha256, digest(1));
  Hashes more;
  more.set(HashKind::blake3, digest(2));
  const auto stamp = os::stamp_of(file);
  ASSERT_TRUE(stamp);
  EXPECT_EQ(cache->find(*stamp).value(), Hashes());
  ASSERT_TRUE(cache->remember(std::vector<CachedHash>{{*stamp, hashes}, {*stamp, more}}));
  hashes.set(HashKind::blake3, digest(2));
  EXPECT_EQ(cache->find(*stamp).value(), hashes) << "each kind that was computed";
  std::filesystem::rename(file, directory / "b");
  EXPECT_EQ(cache->find(os::stamp_of(directory / "b").value()).value(), hashes) << "a new name is no change";
  directory.write("b", "other, longer content");
  const auto changed = os::stamp_of(directory / "b").value();
  EXPECT_EQ(cache->find(changed).value(), Hashes());
  ASSERT_TRUE(cache->remember(std::vector<CachedHash>{{changed, more}}));
  EXPECT_EQ(cache->find(changed).value(), more) << "nothing of the bytes that were there before";
}

TEST(HashCache, OpenedForReadingRemembersNothing) {
  const TempDir directory;
  const Path database = directory / "library.db";
  EXPECT_EQ(HashCache::open(database, read_only).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(database));
  static_cast<void>(open_library(database));
  auto cache = HashCache::open(database, read_only);
  ASSERT_TRUE(cache);
  const auto stamp = os::stamp_of(directory.write("a", "content")).value();
  Hashes hashes;
  hashes.set(HashKind::sha256, digest(1));
  EXPECT_TRUE(cache->remember(std::vector<CachedHash>{{stamp, hashes}}));
  EXPECT_EQ(cache->find(stamp).value(), Hashes());
}

TEST(HashCache, HoldsWhatTheLibraryIsToldOfWithItsStamp) {
  const TempDir directory;
  const Path database = directory / "library.db";
  Library library = open_library(database);
  ASSERT_TRUE(library.record_pending(record_of(1)));
  const Path file = directory.write("a", "content");
  Hashes hashes;
  hashes.set(HashKind::blake3, digest(2));
  const DownloadedRecord here{{1}, file, {7}, hashes, {"BLAKE3", digest(2)}, os::stamp_of(file).value()};
  ASSERT_TRUE(library.record_all(std::vector<Record>{here}));
  auto cache = HashCache::open(database, read_only);
  ASSERT_TRUE(cache);
  EXPECT_EQ(cache->find(*here.stamp).value(), hashes);
}

}  // namespace
}  // namespace civitai::store::test
