#include "term/prompter.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace civitai::term {
namespace {

class Prompters : public ::testing::Test {
 protected:
  Answer answer(std::deque<std::string> lines) {
    TerminalPrompter prompter(
        Person::present, [this](std::string_view text) { asked += text; },
        [&]() -> std::optional<std::string> {
          if (lines.empty()) return std::nullopt;
          std::string line = std::move(lines.front());
          lines.pop_front();
          return line;
        });
    return prompter.ask("Download?");
  }

  std::string asked;
};

TEST_F(Prompters, TakeTheUsualWords) {
  for (const std::string_view word : {"y", "Y", "yes", " YES "}) EXPECT_EQ(answer({std::string(word)}), Answer::yes);
  for (const std::string_view word : {"n", "N", "no", ""}) EXPECT_EQ(answer({std::string(word)}), Answer::no);
  EXPECT_EQ(asked.substr(0, 16), "Download? [y/N] ");
}

TEST_F(Prompters, AskAgainWhenTheAnswerIsNone) {
  EXPECT_EQ(answer({"maybe", "y"}), Answer::yes);
  EXPECT_EQ(asked, "Download? [y/N] please answer yes or no\nDownload? [y/N] ");
}

TEST_F(Prompters, TellThatThePersonHasGone) {
  EXPECT_EQ(answer({}), Answer::gone);
  EXPECT_EQ(asked, "Download? [y/N] \n");
}

TEST_F(Prompters, TakeALineAsItIs) {
  TerminalPrompter prompter(
      Person::present, [this](std::string_view text) { asked += text; },
      [] { return std::optional<std::string>(" 1-3 "); });
  EXPECT_EQ(prompter.ask_line("Which?"), " 1-3 ");
  EXPECT_EQ(asked, "Which? ");
  TerminalPrompter gone(
      Person::present, [](std::string_view) {}, [] { return std::optional<std::string>(); });
  EXPECT_EQ(gone.ask_line("Which?"), std::nullopt);
}

TEST_F(Prompters, KnowWhetherSomebodyIsThere) {
  EXPECT_TRUE(TerminalPrompter(Person::present, {}, {}).is_interactive());
  EXPECT_FALSE(TerminalPrompter(Person::absent, {}, {}).is_interactive());
}

}  // namespace
}  // namespace civitai::term
