#include "domain/vocabulary.hpp"

#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace civitai::vocabulary {
namespace {

using ::testing::Contains;

TEST(Vocabulary, NamesEachWordOnce) {
  for (const auto& words :
       {model_types(), base_models(), model_sorts(), image_sorts(), periods(), image_nsfw_words()}) {
    std::set<std::string> seen;
    for (const std::string_view word : words) {
      EXPECT_FALSE(word.empty());
      EXPECT_EQ(trim(word), word);
      EXPECT_TRUE(seen.insert(to_lower(word)).second) << word;
    }
    EXPECT_FALSE(seen.empty());
  }
}

TEST(Vocabulary, KnowsTheWordsThatTheSiteSpellsOddly) {
  EXPECT_EQ(model_types().size(), 23U);
  for (const std::string_view word : {"LORA", "LoCon", "DoRA", "Controlnet", "TextualInversion", "VAE"}) {
    EXPECT_THAT(model_types(), Contains(word));
  }
}

TEST(Vocabulary, KnowsTheBaseModels) {
  EXPECT_EQ(base_models().size(), 99U);
  for (const std::string_view word : {"SD 1.5", "SDXL 1.0", "Flux.1 D", "Illustrious", "Pony", "Other"}) {
    EXPECT_THAT(base_models(), Contains(word));
  }
}

TEST(Vocabulary, KnowsTheClosedLists) {
  EXPECT_EQ(model_sorts().size(), 8U);
  EXPECT_EQ(periods().size(), 5U);
  for (const std::string_view word : {"AllTime", "Year", "Month", "Week", "Day"})
    EXPECT_THAT(periods(), Contains(word));
  for (const auto& words : {model_sorts(), image_sorts()}) {
    EXPECT_THAT(words, Contains("Newest"));
    EXPECT_THAT(words, Contains("Most Collected"));
  }
}

}  // namespace
}  // namespace civitai::vocabulary
