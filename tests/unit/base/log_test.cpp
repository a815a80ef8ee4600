#include "base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace civitai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

struct Lines {
  std::vector<std::string> lines;
  std::vector<LogLevel> levels;

  Log::LineSink sink() {
    return [this](LogLevel level, std::string_view line) {
      lines.emplace_back(line);
      levels.push_back(level);
    };
  }
};

TEST(Log, NamesTheLevelOfAllButPlainTalk) {
  Lines seen;
  Log log(LogLevel::debug, LogFormat::text, seen.sink());
  log.debug("read {} pages", 3);
  log.info("{} models", 7);
  log.warn("unknown key");
  log.error("no space");
  EXPECT_THAT(seen.lines, ElementsAre("debug: read 3 pages", "7 models", "warning: unknown key", "error: no space"));
  EXPECT_THAT(seen.levels, ElementsAre(LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error));
}

TEST(Log, DropsWhatLiesBelowItsLevel) {
  Lines seen;
  Log log(LogLevel::warn, LogFormat::text, seen.sink());
  log.debug("a");
  log.info("b");
  log.warn("c");
  EXPECT_THAT(seen.lines, ElementsAre("warning: c"));
  EXPECT_FALSE(log.enabled(LogLevel::info));
  EXPECT_TRUE(log.enabled(LogLevel::error));
}

TEST(Log, SaysNothingWhenOff) {
  Lines seen;
  Log log(LogLevel::off, LogFormat::text, seen.sink());
  log.error("a");
  log.write(LogLevel::error, "b");
  EXPECT_THAT(seen.lines, IsEmpty());
  EXPECT_FALSE(log.enabled(LogLevel::error));
}

TEST(Log, CleansWhatComesFromOutside) {
  Lines seen;
  Log log(LogLevel::info, LogFormat::text, seen.sink());
  log.info("name: {}", "a\x1B[2J\nb\xFF");
  EXPECT_THAT(seen.lines, ElementsAre("name: a?[2J b\uFFFD"));
}

TEST(Log, TakesBracesInAMessageAsText) {
  Lines seen;
  Log log(LogLevel::info, LogFormat::text, seen.sink());
  log.write(LogLevel::info, "{} {0} {unclosed %s");
  log.info("{}", "{}");
  EXPECT_THAT(seen.lines, ElementsAre("{} {0} {unclosed %s", "{}"));
}

TEST(Log, WritesJsonLines) {
  Lines seen;
  Log log(LogLevel::debug, LogFormat::json, seen.sink());
  log.warn("a \"quoted\\\" name\nand a line");
  log.info("plain");
  const std::string time = "\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z\"";
  EXPECT_THAT(
      seen.lines,
      ElementsAre(MatchesRegex("\\{" + time + R"(,"level":"warning","msg":"a \\"quoted\\\\\\" name and a line"\})"),
                  MatchesRegex("\\{" + time + R"(,"level":"info","msg":"plain"\})")));
}

TEST(Log, NeverMixesLinesOfSeveralThreads) {
  Lines seen;
  Log log(LogLevel::info, LogFormat::text, seen.sink());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&log, i] {
        for (int j = 0; j < 200; ++j) log.info("{}", std::string(50, static_cast<char>('a' + i)));
      });
    }
  }
  ASSERT_EQ(seen.lines.size(), 800U);
  for (const std::string& line : seen.lines) EXPECT_EQ(line, std::string(50, line[0]));
}

}  // namespace
}  // namespace civitai
