#include "config/load.hpp"

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
using testing::StartsWith;

TEST(Load, GivesDefaultsWithoutAnyInput) {
  const Settings settings = Given().settings();
  EXPECT_EQ(settings.text(OptionId::save_path), "downloads");
  EXPECT_EQ(settings.integer(OptionId::limit), 100);
  EXPECT_FALSE(settings.given(OptionId::limit));
  EXPECT_EQ(to_text(settings.origin(OptionId::limit)), "default");
  EXPECT_TRUE(settings.secret(OptionId::api_key).empty());
  EXPECT_EQ(settings.file(), "");
  EXPECT_THAT(settings.warnings(), IsEmpty());
}

TEST(Load, PutsFlagBeforeEnvironmentBeforeFileBeforeDefault) {
  Given given;
  EXPECT_EQ(given.settings().text(OptionId::base_url), "https://civitai.com");
  given.file("BaseUrl = \"https://file.example\"\n");
  EXPECT_EQ(given.settings().text(OptionId::base_url), "https://file.example");
  EXPECT_EQ(to_text(given.settings().origin(OptionId::base_url)), "file " + given.line(1));
  given.variable("CIVITAI_BASE_URL", " https://variable.example/ ");
  EXPECT_EQ(given.settings().text(OptionId::base_url), "https://variable.example");
  EXPECT_EQ(to_text(given.settings().origin(OptionId::base_url)), "environment CIVITAI_BASE_URL");
  given.flag("--base-url", "http://127.0.0.1:8080");
  EXPECT_EQ(given.settings().text(OptionId::base_url), "http://127.0.0.1:8080");
  EXPECT_EQ(to_text(given.settings().origin(OptionId::base_url)), "flag --base-url");
}

TEST(Load, TakesAnEmptyVariableForUnset) {
  const Settings settings = Given().variable("CIVITAI_BASE_URL", "  ").variable("CIVITAI_TOKEN", "").settings();
  EXPECT_FALSE(settings.given(OptionId::base_url));
  EXPECT_FALSE(settings.given(OptionId::api_key));
}

// ---- flags

TEST(LoadFlags, LetTheLastUseCount) {
  const Settings settings = Given().flag("--limit", "5").flag("--limit", "7").settings();
  EXPECT_EQ(settings.integer(OptionId::limit), 7);
}

TEST(LoadFlags, UniteTheUsesOfAList) {
  const Settings settings = Given()
                                .file("Tags = [\"from the file\"]\n")
                                .flag("--tag", "anime")
                                .flag("--tags", "\"big, red\",anime,car")
                                .settings();
  EXPECT_THAT(settings.list(OptionId::tags), ElementsAre("anime", "big, red", "car"));
}

TEST(LoadFlags, SwitchABooleanOffInEveryForm) {
  const char* const file = "Nsfw = true\n";
  EXPECT_TRUE(Given().file(file).settings().enabled(OptionId::nsfw));
  EXPECT_FALSE(Given().file(file).flag("--nsfw", "false").settings().enabled(OptionId::nsfw));
  EXPECT_FALSE(Given().file(file).flag("--no-nsfw", "true").settings().enabled(OptionId::nsfw));
  EXPECT_TRUE(Given().flag("--no-nsfw", "false").settings().enabled(OptionId::nsfw));
  EXPECT_TRUE(Given().flag("--no-nsfw", "true").flag("--nsfw", "true").settings().enabled(OptionId::nsfw));
}

struct BadFlag {
  const char* flag;
  const char* text;
  Command command;
  std::vector<const char*> told;
};

class BadFlags : public testing::TestWithParam<BadFlag> {};

TEST_P(BadFlags, SayWhatIsAllowed) {
  const BadFlag& bad = GetParam();
  const Error error = Given().command(bad.command).flag(bad.flag, bad.text, bad.command).error();
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_THAT(error.message, StartsWith(std::string(bad.flag) + ": "));
  for (const char* part : bad.told) EXPECT_THAT(error.message + "\n" + error.hint, HasSubstr(part)) << bad.flag;
}

const BadFlag bad_flags[] = {
    {"--sort",
     "Newst",
     Command::download,
     {"\"Newst\"", "Highest Rated", "Most Downloaded", "did you mean \"Newest\"?"}},
    {"--sort", "newest", Command::download, {"allowed:", "did you mean \"Newest\"?"}},
    {"--sort", "Most Reactions", Command::download, {"allowed: Highest Rated"}},
    {"--sort", "", Command::download, {"allowed:"}},
    {"--sort", "Highest Rated", Command::images, {"Most Reactions, Most Comments"}},
    {"--period", "alltime", Command::download, {"AllTime, Year, Month, Week, Day", "did you mean \"AllTime\"?"}},
    {"--nsfw", "soft", Command::images, {"None, Soft, Mature, X", "did you mean \"Soft\"?"}},
    {"--log-level", "trace", Command::download, {"debug, info, warn, error"}},
    {"--log-format", "xml", Command::download, {"text, json"}},
    {"--type", "lora", Command::download, {"did you mean \"LORA\"?", "Checkpoint"}},
    {"--type", "Checkpoint,locon", Command::download, {"\"locon\"", "did you mean \"LoCon\"?"}},
    {"--limit", "ten", Command::download, {"expected a whole number, 0 or more", "\"ten\""}},
    {"--limit", "-1", Command::download, {"-1 is out of range; allowed: 0 to 2147483647"}},
    {"--limit", "3000000000", Command::download, {"out of range"}},
    {"--concurrency", "0", Command::download, {"allowed: 1 to 64"}},
    {"--concurrency", "65", Command::download, {"allowed: 1 to 64"}},
    {"--api-delay", "60001", Command::download, {"allowed: 0 to 60000"}},
    {"--api-timeout", "0", Command::download, {"allowed: 1 to 3600"}},
    {"--model-id", "12x", Command::download, {"whole number"}},
    {"--nsfw", "maybe", Command::download, {"expected true or false", "\"maybe\""}},
    {"--tags", "\"open", Command::download, {"quote"}},
    {"--save-path", " ", Command::download, {"must not be empty"}},
    {"--config", "", Command::download, {"must not be empty"}},
    {"--base-url", "civitai.com", Command::download, {"such as https://civitai.com"}},
    {"--base-url", "ftp://civitai.com", Command::download, {"such as https://civitai.com"}},
    {"--base-url", "https://", Command::download, {"such as https://civitai.com"}},
    {"--model-id", "12,x", Command::torrent, {"positive number", "\"x\""}},
    {"--model-images", "true", Command::download, {"needs --model-info"}},
};

INSTANTIATE_TEST_SUITE_P(All, BadFlags, testing::ValuesIn(bad_flags));

TEST(LoadFlags, NeverRepeatAnAddressThatMayHoldAPassword) {
  const Error error = Given().flag("--base-url", "https://me:hunter2@civitai.com").error();
  EXPECT_THAT(error.message + error.hint, Not(HasSubstr("hunter2")));
}

TEST(LoadFlags, OnlyWarnOfWordsThatTheSiteMayHaveLearned) {
  const Settings settings =
      Given().command(Command::download).flag("--base-model", "SDXL 1.1,Pony").flag("--type", "Lorra").settings();
  EXPECT_THAT(settings.warnings(),
              ElementsAre(AllOf(StartsWith("--type: \"Lorra\""), HasSubstr("LORA")),
                          AllOf(StartsWith("--base-model: \"SDXL 1.1\""), HasSubstr("nearest: SDXL 1.0"))));
  EXPECT_THAT(settings.list(OptionId::base_models), ElementsAre("SDXL 1.1", "Pony"));
}

TEST(LoadFlags, TellDoubtsOnlyWhereTheyMatter) {
  Given given;
  given.file("BaseModels = [\"SDXL 1.1\"]\n");
  EXPECT_THAT(given.command(Command::db_view).settings().warnings(), IsEmpty());
  EXPECT_THAT(given.command(Command::download).settings().warnings(),
              ElementsAre(StartsWith(given.line(1) + ": BaseModels: ")));
  EXPECT_THAT(given.command(Command::show_config).settings().warnings(), testing::SizeIs(1));
}

TEST(LoadFlags, WarnWhenAnIdMakesThemIdle) {
  const Settings settings =
      Given().command(Command::download).file("ModelID = 7\nTags = [\"x\"]\n").flag("-q", "style").settings();
  EXPECT_THAT(settings.warnings(),
              ElementsAre(AllOf(StartsWith("-q: no effect"), HasSubstr("ModelID names one model"))));
}

TEST(LoadFlags, WarnOfModelImagesInTheFileWithoutModelInfo) {
  const Settings settings = Given().command(Command::download).file("ModelImages = true\n").settings();
  EXPECT_THAT(settings.warnings(), ElementsAre(HasSubstr("ModelImages: no effect without ModelInfo")));
  EXPECT_THAT(Given().command(Command::download).file("ModelImages = true\nModelInfo = true\n").settings().warnings(),
              IsEmpty());
}

TEST(LoadFlags, ReplaceTheHomeFolderOnlyAtTheStart) {
  Given given;
  given.variable("HOME", "/home/anna");
  EXPECT_EQ(given.flag("--save-path", "~/models").settings().text(OptionId::save_path), "/home/anna/models");
  EXPECT_EQ(given.flag("--save-path", "a~/models").settings().text(OptionId::save_path), "a~/models");
  EXPECT_EQ(given.flag("--save-path", "~berta/x").settings().text(OptionId::save_path), "~berta/x");
}

TEST(LoadFlags, RefuseAPathInAHomeFolderThatIsNotKnown) {
  const Error error = Given().flag("--save-path", "~/models").error();
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_THAT(error.message, HasSubstr("~/models"));
  EXPECT_THAT(error.hint, HasSubstr("set HOME"));
}

// ---- the key

TEST(LoadKey, ComesFromAnyOfItsVariables) {
  for (const char* name : {"CIVITAI_TOKEN", "CIVITAI_API_TOKEN", "CIVITAI_API_KEY"}) {
    const Settings settings = Given().file("ApiKey = \"other\"\n").variable(name, " secret-1 \n").settings();
    EXPECT_EQ(settings.secret(OptionId::api_key).reveal(), "secret-1") << name;
    EXPECT_EQ(settings.origin(OptionId::api_key), (Origin{Source::environment, name}));
  }
}

TEST(LoadKey, MayBeTheSameInTwoVariables) {
  const Settings settings = Given().variable("CIVITAI_TOKEN", "k1").variable("CIVITAI_API_KEY", "k1 ").settings();
  EXPECT_EQ(settings.secret(OptionId::api_key).reveal(), "k1");
}

TEST(LoadKey, IsRefusedWhenTwoVariablesDiffer) {
  const Error error = Given().variable("CIVITAI_API_TOKEN", "secret-1").variable("CIVITAI_API_KEY", "secret-2").error();
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_THAT(error.message, AllOf(HasSubstr("CIVITAI_API_TOKEN"), HasSubstr("CIVITAI_API_KEY")));
  EXPECT_THAT(error.message + error.hint, Not(HasSubstr("secret-")));
}

TEST(LoadKey, IsReadFromATokenFile) {
  Given given;
  const std::string path = given.folder().write("token", "  secret-3\n\n").string();
  given.variable("CIVITAI_TOKEN", "x").variable("CIVITAI_API_KEY", "y").flag("--token-file", path);
  EXPECT_EQ(given.settings().secret(OptionId::api_key).reveal(), "secret-3");
  EXPECT_EQ(to_text(given.settings().origin(OptionId::api_key)), "flag --token-file");
}

TEST(LoadKey, IsReadFromStandardInput) {
  EXPECT_EQ(
      Given().standard_input("secret-4\n").flag("--token-file", "-").settings().secret(OptionId::api_key).reveal(),
      "secret-4");
  EXPECT_THAT(Given().flag("--token-file", "-").error().message, StartsWith("--token-file: "));
}

TEST(LoadKey, IsRefusedWhenTheTokenFileHoldsNoneOrIsMissing) {
  Given empty;
  empty.flag("--token-file", empty.folder().write("token", " \n").string());
  EXPECT_THAT(empty.error().message, HasSubstr("no key"));
  EXPECT_THAT(Given().flag("--token-file", "/nonexistent/token").error().message,
              AllOf(StartsWith("--token-file: cannot read /nonexistent/token"), HasSubstr("no such file")));
}

TEST(LoadKey, IsRefusedWithBlanksInsideAndNeverRepeated) {
  for (const char* text : {"secret 5", "secret\n5", "secret\t5",
                           "s\xc3\xa4"
                           "cret5"}) {
    const Error error = Given().variable("CIVITAI_TOKEN", text).error();
    EXPECT_THAT(error.message, StartsWith("CIVITAI_TOKEN: "));
    EXPECT_THAT(error.message + error.hint, AllOf(Not(HasSubstr("cret")), Not(HasSubstr("5"))));
  }
}

// ---- where the file is searched

TEST(ConfigCandidates, AreTheFolderThenTheProgramThenTheUsersConfiguration) {
  const Environment none = [](const std::string&) { return std::nullopt; };
  const Environment home = [](const std::string& name) {
    return name == "HOME" ? std::optional<std::string>("/home/anna") : std::nullopt;
  };
  const Environment xdg = [](const std::string& name) {
    return std::optional<std::string>(name == "HOME" ? "/home/anna" : "/etc/mine");
  };
  const Environment relative = [](const std::string& name) {
    return std::optional<std::string>(name == "HOME" ? "/home/anna" : "mine");
  };
  const std::string in_home = "/home/anna/.config/civitai-downloader/config.toml";
  EXPECT_THAT(config_candidates(none, ""), ElementsAre("config.toml"));
  EXPECT_THAT(config_candidates(home, "/opt/bin"), ElementsAre("config.toml", "/opt/bin/config.toml", in_home));
  EXPECT_THAT(config_candidates(xdg, "/opt/bin"),
              ElementsAre("config.toml", "/opt/bin/config.toml", "/etc/mine/civitai-downloader/config.toml"));
  EXPECT_THAT(config_candidates(relative, ""), ElementsAre("config.toml", in_home));
}

TEST(LoadFile, ReadsTheFirstCandidateThatExists) {
  Given given;
  const auto second = given.folder().write("second/config.toml", "Limit = 2\n");
  const auto third = given.folder().write("third/config.toml", "Limit = 3\n");
  given.inputs().candidates = {given.folder().path() / "none" / "config.toml", given.folder().path(), second, third};
  const Settings settings = given.settings();
  EXPECT_EQ(settings.integer(OptionId::limit), 2);
  EXPECT_EQ(settings.file(), second.string());
}

TEST(LoadFile, ReadsTheFileOfTheFlagAlone) {
  Given given;
  given.file("Limit = 1\n");
  given.flag("--config", given.folder().write("mine.toml", "MaxPages = 9\n").string());
  EXPECT_EQ(given.settings().integer(OptionId::limit), 100);
  EXPECT_EQ(given.settings().integer(OptionId::max_pages), 9);
}

TEST(LoadFile, RefusesAMissingFileOfTheFlag) {
  const Error error = Given().file("Limit = 1\n").flag("--config", "/nonexistent/my.toml").error();
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_THAT(error.message, AllOf(HasSubstr("/nonexistent/my.toml"), HasSubstr("no such file")));
  Given folder;
  EXPECT_THAT(folder.flag("--config", folder.folder().path().string()).error().message, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace civitai::config
