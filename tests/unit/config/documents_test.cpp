#include "config/documents.hpp"

#include "unit/config/given.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace civitai::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string committed(const std::string& name) {
  const std::filesystem::path root = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "..";
  std::ostringstream text;
  text << std::ifstream(root / name, std::ios::binary).rdbuf();
  return text.str();
}

TEST(ExampleToml, IsTheCommittedFile) {
  EXPECT_TRUE(committed("config.toml.example") == example_toml())
      << "run: civitai-downloader debug print-config-example > config.toml.example";
}

TEST(OptionsMarkdown, IsTheCommittedPage) {
  EXPECT_TRUE(committed("docs/options.md") == options_markdown())
      << "run: civitai-downloader debug print-options > docs/options.md";
}

TEST(ExampleToml, SetsNothingAsItIs) {
  const Settings settings = Given().file(example_toml()).settings();
  EXPECT_THAT(settings.warnings(), IsEmpty());
  for (const Option& row : options()) EXPECT_FALSE(settings.given(row.id)) << row.key;
}

TEST(ExampleToml, SetsEveryKeyToItsDefaultOnceUncommented) {
  std::string text;
  std::istringstream lines(example_toml());
  for (std::string line; std::getline(lines, line);) {
    const bool sets = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    text += (sets ? line.substr(1) : line) + '\n';
  }
  const Settings settings = Given().file(text).settings();
  EXPECT_THAT(settings.warnings(), IsEmpty());
  const Settings defaults;
  for (const Option& row : options()) {
    EXPECT_EQ(settings.given(row.id), !row.key.empty()) << row.key;
    EXPECT_EQ(settings.value(row.id), defaults.value(row.id)) << row.key;
  }
}

TEST(OptionsMarkdown, HoldsEveryKeyFlagAndVariable) {
  const std::string page = options_markdown();
  for (const Option& row : options()) {
    for (const std::string_view list : {row.key, row.key_aliases, row.flags, row.environment}) {
      for (const std::string& name : names(list)) EXPECT_THAT(page, HasSubstr('`' + name + '`'));
    }
  }
}

}  // namespace
}  // namespace civitai::config
