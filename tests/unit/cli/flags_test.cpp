#include "cli/flags.hpp"

#include "base/text.hpp"
#include "cli/debug_command.hpp"
#include "config/criteria.hpp"
#include "layout/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::cli {
namespace {

using config::Command;
using config::OptionId;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Arguments = std::vector<std::string>;

// A program with a few commands, as main assembles it.
struct Program {
  config::FlagValues values;
  DebugAction action = DebugAction::none;
  CLI::App app{"downloads models", "civitai-downloader"};
  std::string word;

  Program() {
    app.require_subcommand(1);
    app.set_version_flag("--version", "1.2.3");
    add_flags(app, Command::program, values);
    add_flags(*app.add_subcommand("download", "Download models"), Command::download, values);
    add_flags(*app.add_subcommand("images", "Download images"), Command::images, values);
    CLI::App* const db = app.add_subcommand("db", "The library");
    db->require_subcommand(1);
    add_flags(*db, Command::program, values);
    CLI::App* const search = db->add_subcommand("search", "Search the library");
    search->add_option("QUERY", word);
    add_flags(*search, Command::db_search, values);
    add_debug_command(app, values, action);
  }

  Result<Parsed> parse(const Arguments& arguments) { return parse_arguments(app, arguments); }

  config::Settings settings(const Arguments& arguments) {
    const auto parsed = parse(arguments);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
    const auto loaded = config::load({.flags = values, .command = Command::download});
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? *loaded : config::Settings{};
  }

  Error error(const Arguments& arguments) {
    const auto parsed = parse(arguments);
    EXPECT_FALSE(parsed);
    return parsed ? Error{} : parsed.error();
  }
};

TEST(AddFlags, ReadsTheExamplesOfTheSeed) {
  const config::Settings first = Program().settings(
      {"download", "--type", "Checkpoint", "--base-model", "SDXL 1.0", "--sort", "Newest", "-c", "8", "-y"});
  EXPECT_THAT(first.list(OptionId::model_types), ElementsAre("Checkpoint"));
  EXPECT_THAT(first.list(OptionId::base_models), ElementsAre("SDXL 1.0"));
  EXPECT_EQ(first.text(OptionId::sort), "Newest");
  EXPECT_EQ(first.integer(OptionId::concurrency), 8);
  EXPECT_TRUE(first.enabled(OptionId::skip_confirmation));
  const config::Settings second =
      Program().settings({"download", "-q", "style", "--limit", "100", "--max-pages=2", "-b", "SD 1.5"});
  EXPECT_EQ(second.text(OptionId::query), "style");
  EXPECT_EQ(second.integer(OptionId::max_pages), 2);
  const config::Settings images = Program().settings({"images", "-u", "exampleUser", "-s", "Most Reactions", "-p",
                                                      "Week", "--limit", "50", "--metadata", "-o", "./here"});
  EXPECT_EQ(images.text(OptionId::images_username), "exampleUser");
  EXPECT_EQ(images.text(OptionId::images_output_dir), "./here");
  EXPECT_TRUE(images.enabled(OptionId::images_metadata));
}

TEST(AddFlags, BindsEveryFlagOfEveryCommand) {
  for (const Command command : config::all_commands) {
    for (const config::Option* row : options_of(command)) {
      for (const std::string& flag : flags_of(*row, command)) {
        SCOPED_TRACE(std::string(to_string(command)) + " " + flag);
        config::FlagValues values;
        CLI::App app;
        add_flags(app, command, values);
        const bool is_switch = row->kind == config::Kind::boolean;
        EXPECT_TRUE(parse_arguments(app, is_switch ? Arguments{flag} : Arguments{flag, "-value"}));
        ASSERT_EQ(values.size(), 1U);
        EXPECT_EQ(values.begin()->first, row->id);
        EXPECT_EQ(values.begin()->second.at(0).text, is_switch ? "true" : "-value");
      }
    }
  }
}

TEST(AddFlags, KeepsCommasAndQuotesForTheListReader) {
  const config::Settings settings =
      Program().settings({"download", "--tag", "\"big, red\"", "--tags=a,b", "--tags", "[c]", "-t", "LORA", "-mLoCon"});
  EXPECT_THAT(settings.list(OptionId::tags), ElementsAre("big, red", "a", "b", "[c]"));
  EXPECT_THAT(settings.list(OptionId::model_types), ElementsAre("LORA", "LoCon"));
}

TEST(AddFlags, SwitchesBooleansOffInEveryForm) {
  EXPECT_TRUE(Program().settings({"download", "--nsfw"}).enabled(OptionId::nsfw));
  EXPECT_TRUE(Program().settings({"download", "--nsfw=true"}).enabled(OptionId::nsfw));
  EXPECT_FALSE(Program().settings({"download", "--nsfw", "--nsfw=false"}).enabled(OptionId::nsfw));
  EXPECT_FALSE(Program().settings({"download", "--nsfw", "--no-nsfw"}).enabled(OptionId::nsfw));
  EXPECT_TRUE(Program().settings({"download", "--no-nsfw", "--nsfw"}).enabled(OptionId::nsfw));
  EXPECT_EQ(to_text(Program().settings({"download", "--no-nsfw"}).origin(OptionId::nsfw)), "flag --no-nsfw");
}

TEST(AddFlags, TakesProgramWideFlagsBeforeAndBehindTheCommand) {
  EXPECT_EQ(Program().settings({"--save-path", "a", "download"}).text(OptionId::save_path), "a");
  EXPECT_EQ(Program().settings({"--save-path", "a", "download", "--save-path", "b"}).text(OptionId::save_path), "b");
  EXPECT_TRUE(Program().settings({"images", "-q"}).enabled(OptionId::quiet));
  EXPECT_TRUE(Program().settings({"db", "search", "x", "--quiet"}).enabled(OptionId::quiet));
}

TEST(AddFlags, TakesAnArgumentThatIsNamedLikeACommand) {
  Program program;
  EXPECT_TRUE(program.parse({"db", "search", "images"}));
  EXPECT_EQ(program.word, "images");
  EXPECT_EQ(Program().settings({"download", "-q", "images"}).text(OptionId::query), "images");
}

TEST(AddFlags, KeepsAnEmptyValueEmpty) {
  const config::Settings settings = Program().settings({"download", "--query=", "--yes"});
  EXPECT_EQ(settings.text(OptionId::query), "");
  EXPECT_TRUE(settings.given(OptionId::query));
  EXPECT_TRUE(settings.enabled(OptionId::skip_confirmation));
}

struct Refusal {
  Arguments arguments;
  const char* message;
  const char* hint;
};

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, NameTheFlagAndHelp) {
  const Error error = Program().error(GetParam().arguments);
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_EQ(error.message, GetParam().message);
  EXPECT_EQ(error.hint, GetParam().hint);
}

const Refusal refusals[] = {
    {{"download", "--concurency", "4"}, "unknown flag --concurency", "did you mean --concurrency?"},
    {{"download", "--base-modle=Pony"}, "unknown flag --base-modle", "did you mean --base-model?"},
    {{"download", "--xyzzy"}, "unknown flag --xyzzy", ""},
    {{"download", "--nonsense"}, "unknown flag --nonsense", ""},
    {{"download", "-Z"}, "unknown flag -Z", ""},
    {{"--sort", "Newest", "download"}, "unknown flag --sort", "it belongs to: download, images, db view"},
    {{"download", "--post-id", "3"}, "unknown flag --post-id", "it belongs to: images"},
    {{"downlaod"}, "unknown command downlaod", "did you mean download?"},
    {{"debug", "show-confg"}, "unknown command show-confg", "did you mean show-config?"},
    {{"db"}, "a command is missing", "one of: search"},
    {{"download", "stray"}, "there are more arguments than the command takes", ""},
    {{"download", "--limit"}, "--limit needs a value", ""},
    {{"--save-path"}, "--save-path needs a value", ""},
    {{}, "a command is missing", "one of: download, images, db, debug"},
};

INSTANTIATE_TEST_SUITE_P(All, Refusals, testing::ValuesIn(refusals));

TEST(ParseArguments, RefusesAKeyOnTheCommandLineWithoutRepeatingIt) {
  for (const char* flag : {"--api-key", "--apikey", "--api-token", "--token", "--key", "--tokn", "--civitai-token"}) {
    for (const Arguments& tail : {Arguments{std::string(flag) + "=secret-1"}, Arguments{flag, "secret-1"}}) {
      for (const char* command : {"download", "images"}) {
        Arguments arguments = {command};
        arguments.insert(arguments.end(), tail.begin(), tail.end());
        const Error error = Program().error(arguments);
        EXPECT_THAT(error.message, HasSubstr(flag));
        EXPECT_THAT(error.message + error.hint, Not(HasSubstr("secret-1")));
      }
    }
  }
  EXPECT_THAT(Program().error({"download", "--token", "x"}).hint, HasSubstr("CIVITAI_TOKEN"));
}

TEST(ParseArguments, GivesHelpAndVersionAsText) {
  EXPECT_EQ(Program().parse({"--version"})->text, "1.2.3");
  const std::string help = Program().parse({"download", "--help"})->text;
  for (const char* part : {"-s, --sort ORDER", "[default: Most Downloaded]", "Highest Rated", "Which models:",
                           "-t, -m, --type, --model-types TYPE,...", "(1 to 64)", "--save-path DIR", "--no-quiet"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
  EXPECT_THAT(help, AllOf(Not(HasSubstr("--api-key")), Not(HasSubstr("--no-nsfw"))));
  for (const std::string& line : split(help, '\n')) EXPECT_LE(line.size(), 110U) << line;
}

// ---- debug

std::string show_config(const Arguments& arguments, const config::Environment& environment) {
  Program program;
  EXPECT_TRUE(program.parse(arguments));
  EXPECT_EQ(program.action, DebugAction::show_config);
  const auto settings =
      config::load({.flags = program.values, .command = command_of(program.action), .environment = environment});
  EXPECT_TRUE(settings) << settings.error().message;
  return debug_output(program.action, {.settings = *settings, .environment = environment});
}

TEST(DebugShowConfig, PrintsJsonWithoutSecrets) {
  const config::Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "CIVITAI_TOKEN") return "secret-1";
    if (name == "https_proxy") return "http://me:secret-1@proxy:1";
    return std::nullopt;
  };
  const std::string plain = show_config({"debug", "show-config", "--save-path", "m"}, environment);
  for (const char* part : {"\"ApiKey\": \"[redacted]\"", "\"Limit\": 100", "\"Nsfw\": false", "\"Tags\": []",
                           "\"Images\": {\n    \"Limit\": 100", "\"SavePath\": \"m\"",
                           "\"database_file\": \"m/civitai_download.db\"", "http://[redacted]@proxy:1"}) {
    EXPECT_THAT(plain, HasSubstr(part));
  }
  const std::string told = show_config({"debug", "show-config", "--origins", "--save-path", "m"}, environment);
  EXPECT_THAT(told, HasSubstr("\"value\": \"m\",\n    \"origin\": \"flag --save-path\""));
  EXPECT_THAT(told, HasSubstr("\"origin\": \"environment CIVITAI_TOKEN\""));
  EXPECT_THAT(plain + told, Not(HasSubstr("secret-1")));
}

TEST(DebugPrintApiUrl, AsksTheBuilderOfTheCommandWithItsFlags) {
  const auto describe = [](const config::Settings& settings) { return settings.text(OptionId::query); };
  const auto count = [](const config::Settings& settings) {
    return std::to_string(settings.integer(OptionId::images_limit));
  };
  const std::pair<Arguments, const char*> cases[] = {{{"debug", "print-api-url", "download", "-q", "style"}, "style\n"},
                                                     {{"debug", "print-api-url", "images", "--limit", "3"}, "3\n"}};
  for (const auto& [arguments, printed] : cases) {
    Program program;
    const config::Settings settings = program.settings(arguments);
    EXPECT_EQ(debug_output(program.action,
                           {.settings = settings, .environment = {}, .models_url = describe, .images_url = count}),
              printed);
  }
  EXPECT_EQ(command_of(DebugAction::models_url), Command::download);
  EXPECT_EQ(command_of(DebugAction::images_url), Command::images);
}

TEST(DebugPrintConfigExample, WorksBesideABrokenConfiguration) {
  EXPECT_FALSE(needs_settings(DebugAction::config_example));
  EXPECT_FALSE(needs_settings(DebugAction::options_page));
  EXPECT_TRUE(needs_settings(DebugAction::show_config));
  const config::Settings defaults;
  EXPECT_THAT(debug_output(DebugAction::config_example, {.settings = defaults, .environment = {}}),
              StartsWith("# Configuration"));
  EXPECT_THAT(debug_output(DebugAction::options_page, {.settings = defaults, .environment = {}}),
              StartsWith("# Options"));
}

// ---- the table and the layers that it cannot see

TEST(OptionTable, DefaultsToTheTemplatesOfTheLayout) {
  EXPECT_EQ(config::option(OptionId::path_template).fallback, layout::default_file_template);
  EXPECT_EQ(config::option(OptionId::model_info_template).fallback, layout::default_model_info_template);
}

}  // namespace
}  // namespace civitai::cli
