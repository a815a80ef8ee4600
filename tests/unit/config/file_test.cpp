// The configuration file: keys, sections, wrong types, malformed text.
#include "unit/config/given.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// A value of the row's kind that differs from its default, as TOML.
std::string other_value(const Option& row) {
  switch (row.kind) {
    case Kind::integer: return "7";
    case Kind::boolean: return row.fallback == "true" ? "false" : "true";
    case Kind::list: return row.words == nullptr ? "[\"x\", \"y\"]" : "[\"" + std::string(row.words()[1]) + "\"]";
    case Kind::choice: return '"' + std::string(row.words()[row.words()[1] == row.fallback ? 0 : 1]) + '"';
    case Kind::text:
    case Kind::path:
    case Kind::secret: break;
  }
  if (row.rule == Rule::transfer_rate) return "\"5M\"";
  if (row.rule == Rule::browsing_level) return "\"R,X\"";
  return row.rule == Rule::web_address ? "\"http://localhost:1\"" : "\"other\"";
}

std::string as_toml(std::string_view key, const std::string& value) {
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return std::string(key) + " = " + value + "\n";
  return "[" + std::string(key.substr(0, dot)) + "]\n" + std::string(key.substr(dot + 1)) + " = " + value + "\n";
}

TEST(ConfigFile, SetsEveryKeyOfTheTable) {
  const Settings defaults;
  for (const Option& row : options()) {
    std::vector<std::string> keys = names(row.key_aliases);
    if (!row.key.empty()) keys.emplace_back(row.key);
    for (const std::string& key : keys) {
      SCOPED_TRACE(key);
      const Settings settings = Given().file(as_toml(key, other_value(row))).settings();
      EXPECT_EQ(settings.origin(row.id).source, Source::file);
      EXPECT_NE(settings.value(row.id), defaults.value(row.id));
      EXPECT_THAT(settings.warnings(), IsEmpty());
    }
  }
}

TEST(ConfigFile, ReadsTheKeysOfDownloadInTheirOwnSection) {
  const Settings settings = Given()
                                .file(
                                    "SavePath = \"m\"\n[Download]\nConcurrency = 9\nTags = [\"a\"]\n"
                                    "SaveMetadata = true\n[Images]\nNsfw = \"Soft\"\nSaveMetadata = true\n")
                                .settings();
  EXPECT_EQ(settings.integer(OptionId::concurrency), 9);
  EXPECT_THAT(settings.list(OptionId::tags), ElementsAre("a"));
  EXPECT_TRUE(settings.enabled(OptionId::metadata));
  EXPECT_TRUE(settings.enabled(OptionId::images_metadata));
  EXPECT_EQ(settings.text(OptionId::images_nsfw), "Soft");
  EXPECT_THAT(settings.warnings(), IsEmpty());
}

TEST(ConfigFile, PrefersTheTablesNameToAnAliasAndSaysSo) {
  for (const char* text :
       {"AllVersions = true\nDownloadAllVersions = false\n", "DownloadAllVersions = false\nAllVersions = true\n"}) {
    const Settings settings = Given().file(text).settings();
    EXPECT_TRUE(settings.enabled(OptionId::all_versions)) << text;
    EXPECT_THAT(settings.warnings(), ElementsAre(HasSubstr("\"DownloadAllVersions\" is ignored")));
  }
}

TEST(ConfigFile, TakesTrueAndFalseForAChoiceThatKnowsThem) {
  EXPECT_EQ(Given().file("[Images]\nNsfw = true\n").settings().text(OptionId::images_nsfw), "true");
}

struct UnknownKey {
  const char* text;
  int line;
  std::vector<const char*> told;
};

class UnknownKeys : public testing::TestWithParam<UnknownKey> {};

TEST_P(UnknownKeys, WarnAndSuggest) {
  Given given;
  const Settings settings = given.file(GetParam().text).settings();
  ASSERT_THAT(settings.warnings(), SizeIs(1));
  EXPECT_THAT(settings.warnings()[0], StartsWith(given.line(GetParam().line) + ": unknown "));
  for (const char* part : GetParam().told) EXPECT_THAT(settings.warnings()[0], HasSubstr(part));
}

const UnknownKey unknown_keys[] = {
    {"\nSavPath = \"x\"\n", 2, {"\"SavPath\"", "did you mean \"SavePath\"?"}},
    {"Concurency = 3\n", 1, {"did you mean \"Concurrency\"?"}},
    {"Xyzzy = 1\n", 1, {"\"Xyzzy\", ignored"}},
    {"[Images]\nLimmit = 3\n", 2, {"\"Limmit\" in [Images]", "did you mean \"Limit\"?"}},
    {"[Download]\nTag = [\"a\"]\n", 2, {"in [Download]", "did you mean \"Tags\"?"}},
    {"[Torrent]\nOutputDir = \"t\"\nConcurrency = 2\n", 2, {"section [Torrent], ignored"}},
    {"\"Sa\\u001bve\" = 1\n", 1, {"Sa?ve"}},
};

INSTANTIATE_TEST_SUITE_P(All, UnknownKeys, testing::ValuesIn(unknown_keys));

struct WrongType {
  const char* text;
  int line;
  std::vector<const char*> told;
};

class WrongTypes : public testing::TestWithParam<WrongType> {};

TEST_P(WrongTypes, NameFileLineKeyAndWhatIsExpected) {
  Given given;
  const Error error = given.file(GetParam().text).error();
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_THAT(error.message, StartsWith(given.line(GetParam().line) + ": "));
  for (const char* part : GetParam().told) EXPECT_THAT(error.message + "\n" + error.hint, HasSubstr(part));
}

const WrongType wrong_types[] = {
    {"Limit = \"100\"\n", 1, {"Limit: expected a whole number, 0 or more, found a text"}},
    {"\n\nLimit = 1.5\n", 3, {"found a number with a fraction"}},
    {"Nsfw = \"true\"\n", 1, {"Nsfw: expected true or false, found a text"}},
    {"Nsfw = 1\n", 1, {"found a whole number"}},
    {"Tags = \"anime\"\n", 1, {"Tags: expected a list of texts", "[\"one\", \"two\"]"}},
    {"Tags = [1, 2]\n", 1, {"found a list that holds a whole number"}},
    {"[Tags]\nx = 1\n", 2, {"Tags: expected a list of texts", "found a section"}},
    {"SavePath = 3\n", 1, {"SavePath: expected a text in double quotes"}},
    {"SavePath = \"\"\n", 1, {"SavePath: must not be empty"}},
    {"SavePath = \"a\\u0000b\"\n", 1, {"zero byte"}},
    {"ApiKey = 1979-05-27\n", 1, {"ApiKey: expected a text", "found a date"}},
    {"Sort = \"newest\"\n", 1, {"Sort: unknown value", "allowed: Highest Rated", "did you mean \"Newest\"?"}},
    {"[Images]\nSort = \"Most Downloaded\"\n", 2, {"Images.Sort: unknown value", "Most Reactions"}},
    {"[Images.Sort]\nx = 1\n", 1, {"Images.Sort: expected", "found a section"}},
    {"ModelTypes = [\"Checkpoint\", \"lora\"]\n", 1, {"ModelTypes: ", "did you mean \"LORA\"?"}},
    {"Concurrency = 65\n", 1, {"Concurrency: 65 is out of range; allowed: 1 to 64"}},
    {"Limit = -1\n", 1, {"allowed: 0 to 2147483647"}},
    {"BaseUrl = \"\"\n", 1, {"BaseUrl: expected an address"}},
};

INSTANTIATE_TEST_SUITE_P(All, WrongTypes, testing::ValuesIn(wrong_types));

TEST(ConfigFile, TellsLineAndColumnOfMalformedText) {
  const std::pair<const char*, const char*> cases[] = {
      {"Limit = 100\nSort = Newest\n", "2:8: not valid TOML"},
      {"Limit = \n", "1:9: not valid TOML"},
      {"Limit = 1\nLimit = 2\n", "2:9: not valid TOML"},
      {"Tags = [\"a\"\n\nSort = \"Newest\"\n", "3:1: not valid TOML"},
  };
  for (const auto& [text, told] : cases) {
    Given given;
    const Error error = given.file(text).error();
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_THAT(error.message, StartsWith((given.folder().path() / "config.toml").string() + ":"));
    EXPECT_THAT(error.message, HasSubstr(told));
  }
}

TEST(ConfigFile, NeverRepeatsAKeyInMessages) {
  for (const char* text : {"ApiKey = trsecret0\n", "ApiKey = fsecret0\n", "ApiKey = 1secret0\n", "ApiKey = 'secret0\n",
                           "ApiKey = \"sec\\qret0\"\n", "ApiKey = \"secret0\" secret0\n", "ApiKey = secret0\n",
                           "ApiKey = [\"secret0\"]\n", "ApiKey = \"se cret0\"\n", "civitai_token = tsecret0\n",
                           "ApiKey = [\n  99, tsecret0\n]\n", "Other = fsecret0\n"}) {
    const Error error = Given().file(text).error();
    EXPECT_THAT(error.message + error.hint, AllOf(Not(HasSubstr("cret0")), Not(HasSubstr("ecret")))) << text;
  }
}

TEST(ConfigFile, IsLimitedInSize) {
  EXPECT_THAT(Given().file(std::string((1U << 20U) + 1, '#')).error().message, HasSubstr("larger than"));
}

TEST(ConfigFile, WarnsWhenOthersCanReadTheKey) {
  Given given;
  given.file("ApiKey = \"secret-9\"\n");
  EXPECT_THAT(given.settings().warnings(), IsEmpty());
  std::filesystem::permissions(given.folder().path() / "config.toml", std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(given.settings().warnings(), ElementsAre(AllOf(HasSubstr("chmod 600"), Not(HasSubstr("secret-9")))));
}

TEST(ConfigFile, MayBeReadByOthersWhenItHoldsNoKey) {
  Given given;
  given.file("ApiKey = \"\"\nLimit = 3\n");
  std::filesystem::permissions(given.folder().path() / "config.toml", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(given.settings().warnings(), IsEmpty());
}

}  // namespace
}  // namespace civitai::config
