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
      EXPECT_FALSE(decode_journal(longer)) << i;
    }
    EXPECT_EQ(decode_journal(text.substr(0, i) + text.substr(std::min(i + 1, text.size()))).has_value(),
              i == text.size());
  }
  EXPECT_FALSE(decode_journal(text + text));
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

}  // namespace
}  // namespace civitai::engine
