// What the reader makes of damaged text: it may read less, but it always comes back, and with the truth about it.
#include "json/reader.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

namespace civitai::json {
namespace {

constexpr std::string_view sample = R"({"items": [{"id": 9100001, "name": "Meridian \"Mix\" \u7d19", "nsfw": false,
  "stats": {"downloadCount": null, "rating": 4.75, "tags": ["a", "b c", {"name": "d"}]}, "files": [], "x": {}},
  {"id": "9100200", "creator": {"username": 90210}, "sizeKB": 1.943359375e0, "empty": ""}],
  "metadata": {"nextCursor": "2026-05-30 08:15:44.201|9100300", "nextPage": "https:\/\/civitai.com\/a?b=c"}})";

// Reads every value in every way that a caller may; true when no damage was met.
bool read_everything(Value value, int depth = 0) {
  switch (value.kind()) {
    case Kind::object: {
      bool whole = true;
      const bool members = value.members([&](std::string_view, Value member) {
        if (depth < 50) whole = read_everything(member, depth + 1) && whole;
      });
      return members && whole;
    }
    case Kind::array: {
      bool whole = true;
      const bool elements = value.elements([&](Value element) {
        if (depth < 50) whole = read_everything(element, depth + 1) && whole;
      });
      return elements && whole;
    }
    case Kind::number: return value.number().has_value();
    case Kind::text: return value.text().has_value();
    case Kind::boolean: return value.boolean().has_value();
    case Kind::null: return true;
    case Kind::damaged: return false;
  }
  return false;
}

bool reads_whole(std::string_view text) {
  auto document = Document::parse(text);
  return document && read_everything(document->root());
}

// As the site's documents are read: items by their raw text, everything else skipped.
bool reads_items(std::string_view text) {
  auto document = Document::parse(text);
  bool items_whole = false;
  const bool whole = document && document->root().members([&](std::string_view key, Value value) {
    if (key == "items") {
      items_whole = value.elements([](Value item) {
        const std::string raw(item.raw());
        auto inner = Document::parse(raw);
        if (inner) read_everything(inner->root());
      });
    }
  });
  return whole && items_whole;
}

TEST(DamagedJson, IsMetNowhereInTheSampleItself) {
  EXPECT_TRUE(reads_whole(sample));
  EXPECT_TRUE(reads_items(sample));
}

TEST(DamagedJson, IsNoticedWhereverTheTextIsCutShort) {
  for (std::size_t length = 0; length < sample.size(); ++length) {
    // At the end of a heap block of exactly this size: reading beyond it would show.
    const std::string cut(sample.substr(0, length));
    EXPECT_FALSE(reads_whole(cut)) << length;
    EXPECT_FALSE(reads_items(cut)) << length;
  }
}

TEST(DamagedJson, NeverCrashesTheReaderWhateverByteIsWrong) {
  constexpr std::string_view bytes("\0\x01\x1f \"\\{}[]:,-+.0eEtfnu/\x7f\x80\xc3\xed\xff", 29);
  int unnoticed = 0;
  for (std::size_t at = 0; at < sample.size(); ++at) {
    for (const char byte : bytes) {
      std::string damaged(sample);
      damaged[at] = byte;
      if (reads_whole(damaged)) ++unnoticed;
      reads_items(damaged);
    }
  }
  // Inside a string most bytes are as good as another.
  EXPECT_GT(unnoticed, 0);
}

TEST(DamagedJson, NeverCrashesTheReaderWhateverIsCutOutOrDoubled) {
  std::mt19937 generator(2026);
  for (int round = 0; round < 4000; ++round) {
    std::string damaged(sample);
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = generator() % damaged.size();
      const std::size_t length = generator() % 20;
      if (generator() % 2 == 0) {
        damaged.erase(at, length);
      } else {
        damaged.insert(at, damaged.substr(at, length));
      }
    }
    reads_whole(damaged);
    reads_items(damaged);
  }
}

std::string nested(std::size_t levels, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < levels; ++i) text += close;
  return text;
}

TEST(DeepJson, CostsNoMoreThanTheDocument) {
  for (const std::size_t levels : {500UL, 1023UL, 1024UL, 1025UL, 2000UL, 100'000UL}) {
    for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}"), std::pair("[{\"a\":", "}]")}) {
      const std::string deep = nested(levels, open, close);
      reads_whole("{\"deep\": " + deep + ", \"id\": 7}");
      reads_items("{\"items\": [" + deep + "]}");
      reads_whole(nested(levels, open, ""));
    }
  }
}

TEST(DeepJson, IsSkippedOnTheWayToWhatIsWanted) {
  const std::string text = "{\"deep\": " + nested(2000, "[", "]") + ", \"id\": 7}";
  auto document = Document::parse(text);
  ASSERT_TRUE(document);
  std::optional<std::int64_t> id;
  document->root().members([&](std::string_view key, Value value) {
    if (key == "id") id = value.integer();
  });
  EXPECT_EQ(id, 7);
}

TEST(DamagedJson, MayBeANulInTheMiddle) {
  EXPECT_FALSE(reads_whole(std::string_view("{\"a\": \0 1}", 10)));
  EXPECT_FALSE(reads_whole(std::string_view("{\"a\": \"x\0y\"}", 12)));
}

}  // namespace
}  // namespace civitai::json
