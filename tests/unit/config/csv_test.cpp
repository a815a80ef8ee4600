#include "config/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::config {
namespace {

using Items = std::vector<std::string>;

TEST(SplitCsv, FollowsTheRulesOfQuotedLists) {
  const std::pair<const char*, Items> cases[] = {
      {"", {}},
      {"anime", {"anime"}},
      {"a,b", {"a", "b"}},
      {" a , b ", {"a", "b"}},
      {"a,,b,", {"a", "b"}},
      {R"("a, b",c)", {"a, b", "c"}},
      {R"(c,"a, b")", {"c", "a, b"}},
      {R"("say ""hi""")", {R"(say "hi")"}},
      {R"("SD 1.5" , "SDXL 1.0")", {"SD 1.5", "SDXL 1.0"}},
      {"[x]", {"[x]"}},
  };
  for (const auto& [text, items] : cases) {
    const auto split = split_csv(text);
    ASSERT_TRUE(split) << text;
    EXPECT_EQ(*split, items) << text;
  }
}

TEST(SplitCsv, RefusesStrayQuotes) {
  for (const char* text : {"\"open", "a,\"open", "12\" figure", "\"a\"b,c", "\"a\" \"b\""}) {
    const auto split = split_csv(text);
    ASSERT_FALSE(split) << text;
    EXPECT_EQ(split.error().kind, ErrorKind::usage);
  }
}

}  // namespace
}  // namespace civitai::config
