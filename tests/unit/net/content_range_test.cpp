#include "net/content_range.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace civitai::net {
namespace {

struct RangeRow {
  std::string_view header;
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
  std::optional<std::uint64_t> total;
};

TEST(ContentRangeHeader, IsRead) {
  const std::vector<RangeRow> rows = {
      {"bytes 0-99/1234", 0, 99, 1234},
      {"bytes 0-0/1", 0, 0, 1},
      {"bytes 100-1233/1234", 100, 1233, 1234},
      {"bytes 0-99/*", 0, 99, {}},
      {"bytes */1234", {}, {}, 1234},
      {"bytes */*", {}, {}, {}},
      {"bytes */0", {}, {}, 0},
      {"Bytes 5-6/7", 5, 6, 7},
      {"  bytes  5 - 6 / 7 ", 5, 6, 7},
      {"bytes 4294967296-8589934591/8589934592", 4294967296, 8589934591, 8589934592},
  };
  for (const RangeRow& row : rows) {
    const auto range = parse_content_range(row.header);
    ASSERT_TRUE(range) << row.header;
    EXPECT_EQ(range->first, row.first) << row.header;
    EXPECT_EQ(range->last, row.last) << row.header;
    EXPECT_EQ(range->total, row.total) << row.header;
  }
}

TEST(ContentRangeHeader, IsRefusedWhenItMakesNoSense) {
  for (const std::string_view header :
       {"", "bytes", "bytes ", "0-99/100", "items 0-99/100", "bytes 0-99", "bytes 99-0/100", "bytes -5/100",
        "bytes 5-/100", "bytes a-b/c", "bytes 0x0-0x9/10", "bytes -1-5/10", "bytes 0-99999999999999999999/*",
        "bytes 0-99/50", "bytes 0-99/99", "multipart/byteranges", "bytes=0-99/100", "bytes 0-1,3-4/10"}) {
    EXPECT_FALSE(parse_content_range(header)) << header;
  }
}

}  // namespace
}  // namespace civitai::net
