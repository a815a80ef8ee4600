// The original program's key-value store: what is read of it, whatever happened to it, and what is written.
#include "store/bitcask.hpp"

#include "base/format.hpp"
#include "store/gzip.hpp"
#include "support/bitcask_bytes.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace civitai::store {
namespace {

using civitai::test::bitcask_record;
using civitai::test::bitcask_tombstone;
using civitai::test::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Content = std::map<std::string, std::string>;

const SystemTime now{std::chrono::seconds(1'000'000)};

Content content_of(const BitcaskReader& reader) {
  Content content;
  const auto done = reader.each([&](const std::string& key, const std::string& value) {
    EXPECT_TRUE(content.emplace(key, value).second) << key << " came twice";
    return Status{};
  });
  EXPECT_TRUE(done) << done.error().message;
  return content;
}

BitcaskReader opened(const Path& directory) {
  auto reader = BitcaskReader::open(directory, now);
  if (!reader) throw std::runtime_error(reader.error().message);
  return std::move(*reader);
}

class Reading : public ::testing::Test {
 protected:
  void data(std::string_view content, int number = 0) { directory_.write(format("db/{:09}.data", number), content); }
  [[nodiscard]] Path db() const { return directory_ / "db"; }

  TempDir directory_;
};

TEST_F(Reading, TheLastRecordOfAKeyCounts) {
  data(bitcask_record("v_1", "old") + bitcask_record("v_2", "two") + bitcask_record("v_1", "new"));
  EXPECT_THAT(content_of(opened(db())), ElementsAre(Pair("v_1", "new"), Pair("v_2", "two")));
}

TEST_F(Reading, LaterFilesGoBeforeEarlierOnes) {
  data(bitcask_record("v_1", "newest"), 10);
  data(bitcask_record("v_1", "new"), 2);
  data(bitcask_record("v_1", "old") + bitcask_record("v_2", "two"));
  EXPECT_THAT(content_of(opened(db())), ElementsAre(Pair("v_1", "newest"), Pair("v_2", "two")));
}

TEST_F(Reading, ATombstoneRemovesUntilTheKeyComesAgain) {
  data(bitcask_record("v_1", "one") + bitcask_record("v_2", "two") + bitcask_tombstone("v_1") +
       bitcask_tombstone("v_2") + bitcask_record("v_2", "again"));
  const auto reader = opened(db());
  EXPECT_THAT(content_of(reader), ElementsAre(Pair("v_2", "again")));
  EXPECT_THAT(reader.notices(), IsEmpty());
}

TEST_F(Reading, ExpiredRecordsAreGone) {
  data(bitcask_record("v_1", "past", 999'999) + bitcask_record("v_2", "future", 1'000'001) +
       bitcask_record("v_3", "earlier") + bitcask_record("v_3", "past", 1));
  EXPECT_THAT(content_of(opened(db())), ElementsAre(Pair("v_2", "future")));
}

TEST_F(Reading, GzipIsUnpackedAndPlainTextTaken) {
  data(bitcask_record("v_1", compress("packed")) + bitcask_record("v_2", "plain") +
       bitcask_record("v_3", "\x1f\x8b broken"));
  EXPECT_THAT(content_of(opened(db())),
              ElementsAre(Pair("v_1", "packed"), Pair("v_2", "plain"), Pair("v_3", "\x1f\x8b broken")));
}

TEST_F(Reading, AnIndexIsNotBelieved) {
  data(bitcask_record("v_1", "one"));
  directory_.write("db/index", "out of date");
  directory_.write("db/meta.json", R"({"index_up_to_date":true,"reclaimable_space":0})");
  EXPECT_THAT(content_of(opened(db())), ElementsAre(Pair("v_1", "one")));
}

TEST_F(Reading, ATornLastRecordCostsItselfAlone) {
  const std::string whole = bitcask_record("v_1", "one");
  const std::string last = bitcask_record("v_2", "two");
  for (std::size_t length = 1; length < last.size(); ++length) {
    data(whole + last.substr(0, length));
    const auto reader = opened(db());
    EXPECT_THAT(content_of(reader), ElementsAre(Pair("v_1", "one"))) << length;
    EXPECT_THAT(reader.notices(), ElementsAre(HasSubstr("the last entry at byte")));
  }
}

TEST_F(Reading, WhatFollowsADamagedPlaceIsFound) {
  const std::string torn = bitcask_record("v_2", std::string(500, 'x')).substr(0, 100);
  std::string flipped = bitcask_record("v_3", "three");
  flipped[17] = '!';
  data(bitcask_record("v_1", "one") + torn + bitcask_record("v_4", "four") + flipped + bitcask_record("v_5", "five"));
  const auto reader = opened(db());
  EXPECT_THAT(content_of(reader), ElementsAre(Pair("v_1", "one"), Pair("v_4", "four"), Pair("v_5", "five")));
  EXPECT_EQ(reader.notices().size(), 2U);
}

TEST_F(Reading, ADamagedRecordDoesNotHideAnEarlierOneOfItsKey) {
  std::string flipped = bitcask_record("v_1", "later");
  flipped[16] = '!';
  data(bitcask_record("v_1", "earlier") + flipped);
  EXPECT_THAT(content_of(opened(db())), ElementsAre(Pair("v_1", "earlier")));
}

TEST_F(Reading, LengthsBeyondAllBoundsAreDamage) {
  data(bitcask_record("v_1", "one") + std::string(30, '\xff'));
  EXPECT_THAT(content_of(opened(db())), ElementsAre(Pair("v_1", "one")));
}

TEST_F(Reading, AnEmptyStoreHasNothing) {
  data("");
  EXPECT_EQ(opened(db()).size(), 0U);
}

TEST_F(Reading, AStoreInUseIsLeftAlone) {
  data(bitcask_record("v_1", "one"));
  directory_.write("db/lock", "");
  {
    const auto first = opened(db());
    const auto second = BitcaskReader::open(db(), now);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::busy);
  }
  EXPECT_TRUE(BitcaskReader::open(db(), now));
}

TEST_F(Reading, NothingIsChanged) {
  data(bitcask_record("v_1", "one"));
  static_cast<void>(content_of(opened(db())));
  EXPECT_EQ(directory_.read("db/000000000.data"), bitcask_record("v_1", "one"));
  EXPECT_FALSE(directory_.has("db/lock"));
}

TEST_F(Reading, SomethingElseIsRefused) {
  directory_.write("db/notes.txt", "");
  const auto reader = BitcaskReader::open(db(), now);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::not_found);
}

class Writing : public ::testing::Test {
 protected:
  BitcaskWriter writer() {
    auto made = BitcaskWriter::create(files_, db());
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }
  [[nodiscard]] Path db() const { return directory_ / "db"; }

  TempDir directory_;
  os::RealFileSystem files_;
};

TEST_F(Writing, IsRightToTheByte) {
  auto out = writer();
  ASSERT_TRUE(out.put("v_1", "one"));
  ASSERT_TRUE(out.put("v_22", "two"));
  ASSERT_TRUE(out.finish());
  EXPECT_EQ(directory_.read("db/000000000.data"), bitcask_record("v_1", "one") + bitcask_record("v_22", "two"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(db()), {}), 1);
}

TEST_F(Writing, ANewFileBeginsOnceOneIsFull) {
  auto out = writer();
  const std::string value(60'000, 'v');
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(out.put(format("v_{}", i), value));
  ASSERT_TRUE(out.finish());
  const std::size_t record = bitcask_record("v_10", value).size();
  const std::size_t first = directory_.read("db/000000000.data").size();
  EXPECT_GE(first, std::size_t{1} << 20U);
  EXPECT_LT(first, (std::size_t{1} << 20U) + record);
  EXPECT_TRUE(directory_.has("db/000000002.data"));
  EXPECT_EQ(content_of(opened(db())).size(), 40U);
}

TEST_F(Writing, WithoutFinishNothingAppears) {
  {
    auto out = writer();
    ASSERT_TRUE(out.put("v_1", "one"));
  }
  EXPECT_EQ(directory_.count(), 0U);
}

TEST_F(Writing, NothingIsOverwritten) {
  directory_.write("db/000000000.data", "theirs");
  const auto made = BitcaskWriter::create(files_, db());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::usage);
}

TEST_F(Writing, WhatTheOriginalProgramWouldRefuseIsRefused) {
  auto out = writer();
  EXPECT_FALSE(out.put("", "x"));
  EXPECT_FALSE(out.put(std::string(65, 'k'), "x"));
  EXPECT_FALSE(out.put("v_1", std::string(65'537, 'v')));
  EXPECT_FALSE(out.put("v_1", ""));
}

}  // namespace
}  // namespace civitai::store
