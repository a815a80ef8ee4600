#include "engine/journal.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace civitai::engine {
namespace {

Journal journal_with(const std::vector<Range>& ranges, std::uint64_t length = 6'938'040'682) {
  Journal journal{"9300001", "SHA256:3a7bd3e2360a3d29eea436fcfb7e44c7", length, {}};
  for (const Range& range : ranges) journal.have.add(range);
  return journal;
}

const std::vector<Journal> journals = {
    journal_with({}),
    journal_with({}, 0),
    journal_with({{0, 1}}),
    journal_with({{0, 1'048'576}, {2'097'152, 3'145'728}}),
    journal_with({{5, 6'938'040'682}}),
    Journal{"image-1", "length:0", 0, {}},
    Journal{"9223372036854775807", "check have file", INT64_MAX, {}},
};

TEST(JournalText, IsWhatTheHeaderSays) {
  const std::string text = encode(journal_with({{0, 1'048'576}, {2'097'152, 3'145'728}}));
  const auto lines = split(text, '\n');
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[0], "civitai-downloader partial 1");
  EXPECT_EQ(lines[1], "file 9300001");
  EXPECT_EQ(lines[2], "promise SHA256:3a7bd3e2360a3d29eea436fcfb7e44c7");
  EXPECT_EQ(lines[3], "length 6938040682");
  EXPECT_EQ(lines[4], "have 0-1048576 2097152-3145728");
  EXPECT_TRUE(lines[5].starts_with("check "));
  EXPECT_EQ(lines[5].size(), 14U);
  EXPECT_EQ(lines[6], "");
}

TEST(JournalText, ReadsBackAsItWas) {
  for (const Journal& journal : journals) {
    const auto read = decode_journal(encode(journal));
    ASSERT_TRUE(read) << encode(journal);
    EXPECT_EQ(*read, journal);
  }
}

TEST(JournalText, IsNothingWhereverItIsCutShort) {
  for (const Journal& journal : journals) {
    const std::string text = encode(journal);
    for (std::size_t length = 0; length < text.size(); ++length) {
      EXPECT_FALSE(decode_journal(text.substr(0, length))) << length;
    }
  }
}

TEST(JournalText, IsNothingWhateverByteOfItIsWrong) {
  for (const Journal& journal : journals) {
    const std::string text = encode(journal);
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string damaged = text;
        damaged[i] = static_cast<char>(byte);
        EXPECT_EQ(decode_journal(damaged).has_value(), damaged == text) << i << ' ' << byte;
      }
    }
  }
}

TEST(JournalText, IsNothingWhateverIsAddedOrLost) {
  const std::string text = encode(journal_with({{0, 1'048'576}}));
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (const char added : {'\n', ' ', '0', '\0', 'x'}) {
      std::string longer = text;
      longer.insert(i, 1, added);
      EXPECT_EQ(decode_journal(longer).has_value(), longer.starts_with(text)) << i;
    }
    EXPECT_EQ(decode_journal(text.substr(0, i) + text.substr(std::min(i + 1, text.size()))).has_value(),
              i == text.size());
  }
}

TEST(JournalText, IsItsClaimsWhateverStandsBehindThem) {
  const Journal journal = journal_with({{0, 1'048'576}});
  const std::string text = encode(journal);
  EXPECT_EQ(end_of_claims(text), text.size());
  for (const std::string& more : {std::string("nonsense"), std::string(5'000, '\0'), std::string("\n\n\n"), text}) {
    EXPECT_EQ(end_of_claims(text + more), text.size());
    EXPECT_EQ(decode_journal(text + more, "now"), journal);
  }
}

TEST(JournalText, IsNothingWhenItIsNoneOfOurs) {
  for (const std::string_view text : {"", "\n", "{}", "civitai-downloader partial 2\n", "\n\n\n\n\n\n",
                                      "civitai-downloader partial 1\nfile 1\npromise x\nlength 0\nhave \ncheck \n"}) {
    EXPECT_FALSE(decode_journal(text)) << text;
  }
}

// A power cut may leave blocks of zeros where the text was to be.
TEST(JournalText, IsNothingWhenItsEndIsZeros) {
  std::string text = encode(journal_with({{0, 1'048'576}}));
  for (std::size_t from = 0; from < text.size(); ++from) {
    std::string zeros = text;
    std::fill(zeros.begin() + static_cast<std::ptrdiff_t>(from), zeros.end(), '\0');
    EXPECT_FALSE(decode_journal(zeros)) << from;
  }
}

RangeSet set_of(const std::vector<Range>& ranges) { return journal_with(ranges).have; }

RangeSet read(const std::string& text, std::string_view lifetime = "now") {
  const auto journal = decode_journal(text, lifetime);
  return journal ? journal->have : RangeSet{};
}

const std::vector<Range> claimed = {{0, 1'000}, {5'000, 6'000}};
const std::string claims = encode(journal_with(claimed));

TEST(JournalMarks, AddToTheClaims) {
  const std::string mark = encode_mark("now", set_of({{0, 1'200}, {5'000, 6'100}, {9'000, 9'001}}));
  EXPECT_TRUE(mark.starts_with("\nwritten now 0-1200 5000-6100 9000-9001 "));
  EXPECT_TRUE(mark.ends_with('\n'));
  EXPECT_EQ(read(claims + mark), set_of({{0, 1'200}, {5'000, 6'100}, {9'000, 9'001}}));
  EXPECT_EQ(read(claims + encode_mark("now", set_of({{2'000, 3'000}}))),
            set_of({{0, 1'000}, {2'000, 3'000}, {5'000, 6'000}}));
}

TEST(JournalMarks, OfAnotherTimeAreNotBelieved) {
  const std::string text = claims + encode_mark("before", set_of({{0, 4'000}}));
  for (const std::string_view lifetime : {"now", "", "befor", "before0", "before 0-4000"}) {
    EXPECT_EQ(read(text, lifetime), set_of(claimed)) << lifetime;
  }
  EXPECT_EQ(read(text, "before"), set_of({{0, 4'000}, {5'000, 6'000}}));
}

TEST(JournalMarks, StandInTwoPlaces) {
  std::string text = claims + encode_mark("now", set_of({{0, 2'000}}));
  text.resize(claims.size() + largest_mark, '\0');
  text += encode_mark("now", set_of({{0, 3'000}}));
  EXPECT_EQ(read(text), set_of({{0, 3'000}, {5'000, 6'000}}));
}

TEST(JournalMarks, AreNoneWhereTheyAreTornOrDamaged) {
  const std::string mark = encode_mark("now", set_of({{0, 3'000}}));
  for (std::size_t i = 0; i < mark.size(); ++i) {
    EXPECT_TRUE(read(claims + mark.substr(0, i)) == set_of(claimed) || i + 1 == mark.size()) << i;
    for (const char byte : {'\0', ' ', '\n', '9', 'x'}) {
      std::string damaged = mark;
      damaged[i] = byte;
      const bool only_its_ends = i == 0 || i + 1 == mark.size();
      if (damaged == mark || only_its_ends) continue;
      EXPECT_EQ(read(claims + damaged), set_of(claimed)) << i << ' ' << byte;
    }
  }
}

// A shorter one is written over a longer one: what is left of that says nothing.
TEST(JournalMarks, AreNoneWhereTheyAreTheRestOfOthers) {
  const std::string old = encode_mark("now", set_of({{0, 3'000}, {4'000, 4'500}, {7'000, 8'000}}));
  const std::string young = encode_mark("now", set_of({{0, 8'000}}));
  const std::string text = claims + young + old.substr(young.size());
  EXPECT_EQ(read(text), set_of({{0, 8'000}}));
}

TEST(JournalMarks, HaveTheirLimit) {
  RangeSet scattered;
  for (std::uint64_t at = 0; at < 1'000; ++at) scattered.add({at * 10'000'000'000, at * 10'000'000'000 + 1});
  const std::string mark = encode_mark("19c1900b-6ff2-4448-8285-e4f0a022b935", scattered);
  EXPECT_LE(mark.size(), largest_mark);
  EXPECT_GT(mark.size(), largest_mark - 50);
  const RangeSet told = read(encode(journal_with({})) + mark, "19c1900b-6ff2-4448-8285-e4f0a022b935");
  EXPECT_GT(told.ranges().size(), 100U);
  for (const Range& range : told.ranges()) EXPECT_TRUE(scattered.contains(range));
}

}  // namespace
}  // namespace civitai::engine
