#include "store/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(QueryWords, AreFoldedAndEachOnce) {
  EXPECT_THAT(query_words("  Paper LANTERN paper\tÉclair "), ElementsAre("paper", "lantern", "éclair"));
  EXPECT_THAT(query_words(" \n "), IsEmpty());
}

TEST(Relevance, IsNoneUnlessEveryWordIsFound) {
  EXPECT_EQ(relevance({"paper", "river"}, "paper lantern", "v1\n"), 0);
  EXPECT_GT(relevance({"paper", "v1"}, "paper lantern", "v1\n"), 0);
  EXPECT_EQ(relevance({"xlv1"}, "xl", "v1\n"), 0) << "not across two fields";
}

TEST(Relevance, GrowsWithHowMuchTheTextIsMeant) {
  const std::vector<std::string> word = {"lantern"};
  const int ranks[] = {
      relevance(word, "other", "paperlanterns\n"),
      relevance(word, "other", "lanterns\n"),
      relevance(word, "other", "a lantern\n"),
      relevance(word, "paperlanterns", ""),
      relevance(word, "lanterns", ""),
      relevance(word, "a lantern", ""),
      relevance(word, "lantern", ""),
  };
  for (std::size_t i = 1; i < std::size(ranks); ++i) EXPECT_GT(ranks[i], ranks[i - 1]) << i;
}

TEST(Relevance, TakesLettersOfEveryScriptForLetters) {
  EXPECT_GT(relevance({"墨"}, "水 墨 画", ""), relevance({"墨"}, "水墨画", ""));
}

}  // namespace
}  // namespace civitai::store
