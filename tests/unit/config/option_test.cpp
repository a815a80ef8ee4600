#include "config/option.hpp"

#include "base/text.hpp"
#include "config/criteria.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace civitai::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

std::string name_of(const Option& row) { return std::string(row.key.empty() ? row.flags : row.key); }

TEST(OptionTable, ExplainsEveryRowAndGivesItAValidDefault) {
  for (const Option& row : options()) {
    SCOPED_TRACE(name_of(row));
    EXPECT_FALSE(row.help.empty());
    EXPECT_FALSE(row.help.ends_with('.'));
    EXPECT_FALSE(row.key.empty() && row.flags.empty()) << "nobody could set it";
    const Value fallback = fallback_value(row);
    const bool may_start_empty = row.fallback.empty() && row.rule == Rule::not_empty && row.key.empty();
    EXPECT_TRUE(may_start_empty || check(row, fallback));
    EXPECT_EQ(row.kind == Kind::choice, row.words != nullptr && row.kind != Kind::list);
  }
}

TEST(OptionTable, NamesThePlaceOfEveryValueInTheHelp) {
  for (const Option& row : options()) {
    if (row.flags.empty()) continue;
    EXPECT_EQ(row.placeholder.empty(), row.kind == Kind::boolean) << name_of(row);
    EXPECT_FALSE(main_flag(row).empty()) << name_of(row);
  }
}

TEST(OptionTable, GivesNoKeyTwiceInAnyLetterCase) {
  std::set<std::string> seen;
  for (const Option& row : options()) {
    std::vector<std::string> keys = names(row.key_aliases);
    if (!row.key.empty()) keys.emplace_back(row.key);
    for (const std::string& key : keys) EXPECT_TRUE(seen.insert(to_lower(key)).second) << key;
  }
}

TEST(OptionTable, GivesNoCommandAFlagTwice) {
  for (const Command command : all_commands) {
    std::set<std::string> seen;
    for (const Option* row : options_of(command)) {
      for (const std::string& flag : flags_of(*row, command)) {
        EXPECT_TRUE(seen.insert(flag).second) << to_string(command) << " " << flag;
      }
      if (!negation(*row).empty()) {
        EXPECT_TRUE(seen.insert(negation(*row)).second) << negation(*row);
      }
    }
  }
}

TEST(OptionTable, HidesAProgramWideShortFlagBehindACommandsOwn) {
  EXPECT_EQ(find_flag("-q", Command::download)->id, OptionId::query);
  EXPECT_EQ(find_flag("-q", Command::images)->id, OptionId::quiet);
  EXPECT_EQ(find_flag("--quiet", Command::download)->id, OptionId::quiet);
  EXPECT_THAT(flags_of(option(OptionId::quiet), Command::download), ElementsAre("--quiet"));
  EXPECT_THAT(flags_of(option(OptionId::quiet), Command::images), ElementsAre("-q", "--quiet"));
}

TEST(OptionTable, HasNoFlagThatTakesTheKeyItself) { EXPECT_THAT(names(option(OptionId::api_key).flags), IsEmpty()); }

struct FlagCase {
  Command command;
  const char* flag;
  OptionId id;
};

class SeedFlags : public testing::TestWithParam<FlagCase> {};

TEST_P(SeedFlags, MeanTheirOption) {
  const Option* const row = find_flag(GetParam().flag, GetParam().command);
  ASSERT_NE(row, nullptr) << GetParam().flag;
  EXPECT_EQ(row->id, GetParam().id) << GetParam().flag;
}

constexpr FlagCase seed_flags[] = {
    {Command::program, "--config", OptionId::config_file},
    {Command::program, "--log-level", OptionId::log_level},
    {Command::program, "--log-format", OptionId::log_format},
    {Command::program, "--log-api", OptionId::log_api_requests},
    {Command::program, "--save-path", OptionId::save_path},
    {Command::program, "--api-timeout", OptionId::api_timeout},
    {Command::program, "--api-delay", OptionId::api_delay},
    {Command::download, "-t", OptionId::model_types},
    {Command::download, "--type", OptionId::model_types},
    {Command::download, "-m", OptionId::model_types},
    {Command::download, "--model-types", OptionId::model_types},
    {Command::download, "-b", OptionId::base_models},
    {Command::download, "--base-model", OptionId::base_models},
    {Command::download, "--base-models", OptionId::base_models},
    {Command::download, "--nsfw", OptionId::nsfw},
    {Command::download, "--no-nsfw", OptionId::nsfw},
    {Command::download, "-l", OptionId::limit},
    {Command::download, "--limit", OptionId::limit},
    {Command::download, "-s", OptionId::sort},
    {Command::download, "--sort", OptionId::sort},
    {Command::download, "-p", OptionId::period},
    {Command::download, "--period", OptionId::period},
    {Command::download, "--primary-only", OptionId::primary_only},
    {Command::download, "-q", OptionId::query},
    {Command::download, "--query", OptionId::query},
    {Command::download, "--tag", OptionId::tags},
    {Command::download, "--tags", OptionId::tags},
    {Command::download, "-u", OptionId::usernames},
    {Command::download, "--username", OptionId::usernames},
    {Command::download, "--usernames", OptionId::usernames},
    {Command::download, "--model-id", OptionId::model_id},
    {Command::download, "--model-version-id", OptionId::model_version_id},
    {Command::download, "--pruned", OptionId::pruned},
    {Command::download, "--fp16", OptionId::fp16},
    {Command::download, "-c", OptionId::concurrency},
    {Command::download, "--concurrency", OptionId::concurrency},
    {Command::download, "--max-pages", OptionId::max_pages},
    {Command::download, "--metadata", OptionId::metadata},
    {Command::download, "-y", OptionId::skip_confirmation},
    {Command::download, "--yes", OptionId::skip_confirmation},
    {Command::download, "--meta-only", OptionId::meta_only},
    {Command::download, "--model-info", OptionId::model_info},
    {Command::download, "--version-images", OptionId::version_images},
    {Command::download, "--model-images", OptionId::model_images},
    {Command::download, "--all-versions", OptionId::all_versions},
    {Command::download, "--ignore-base-models", OptionId::ignore_base_models},
    {Command::download, "--ignore-filename-strings", OptionId::ignore_file_names},
    {Command::images, "--limit", OptionId::images_limit},
    {Command::images, "--post-id", OptionId::images_post_id},
    {Command::images, "--model-id", OptionId::images_model_id},
    {Command::images, "--model-version-id", OptionId::images_model_version_id},
    {Command::images, "-u", OptionId::images_username},
    {Command::images, "--username", OptionId::images_username},
    {Command::images, "--nsfw", OptionId::images_nsfw},
    {Command::images, "-s", OptionId::images_sort},
    {Command::images, "--sort", OptionId::images_sort},
    {Command::images, "-p", OptionId::images_period},
    {Command::images, "--period", OptionId::images_period},
    {Command::images, "--max-pages", OptionId::images_max_pages},
    {Command::images, "-o", OptionId::images_output_dir},
    {Command::images, "--output-dir", OptionId::images_output_dir},
    {Command::images, "-c", OptionId::images_concurrency},
    {Command::images, "--concurrency", OptionId::images_concurrency},
    {Command::images, "--metadata", OptionId::images_metadata},
    {Command::db_verify, "--check-hash", OptionId::check_hash},
    {Command::db_verify, "--metadata", OptionId::metadata},
    {Command::db_verify, "--yes", OptionId::skip_confirmation},
    {Command::clean, "-t", OptionId::clean_torrents},
    {Command::clean, "--torrents", OptionId::clean_torrents},
    {Command::clean, "-m", OptionId::clean_magnets},
    {Command::clean, "--magnets", OptionId::clean_magnets},
    {Command::torrent, "--announce", OptionId::torrent_announce},
    {Command::torrent, "--model-id", OptionId::torrent_model_ids},
    {Command::torrent, "-o", OptionId::torrent_output_dir},
    {Command::torrent, "--output-dir", OptionId::torrent_output_dir},
    {Command::torrent, "-f", OptionId::torrent_overwrite},
    {Command::torrent, "--overwrite", OptionId::torrent_overwrite},
    {Command::torrent, "-c", OptionId::torrent_concurrency},
    {Command::torrent, "--concurrency", OptionId::torrent_concurrency},
    {Command::torrent, "--magnet-links", OptionId::torrent_magnet_links},
};

INSTANTIATE_TEST_SUITE_P(All, SeedFlags, testing::ValuesIn(seed_flags));

TEST(OptionTable, TakesProgramWideFlagsAtEveryCommand) {
  for (const Command command : all_commands) {
    for (const char* flag : {"--config", "--log-level", "--log-format", "--log-api", "--save-path", "--api-timeout",
                             "--api-delay", "--base-url", "--quiet", "--token-file"}) {
      EXPECT_NE(find_flag(flag, command), nullptr) << to_string(command) << " " << flag;
    }
  }
}

TEST(FindKey, KnowsEveryKeyOfTheSeedWithItsDocumentedDefault) {
  const Settings defaults;
  for (const char* key : {"ApiKey", "DatabasePath", "Query"}) {
    EXPECT_TRUE(option(find_key(key)->id).fallback.empty()) << key;
  }
  for (const char* key :
       {"Tags", "Usernames", "ModelTypes", "BaseModels", "IgnoreBaseModels", "IgnoreFileNameStrings"}) {
    EXPECT_THAT(defaults.list(find_key(key)->id), IsEmpty()) << key;
  }
  for (const char* key : {"Nsfw", "AllVersions", "PrimaryOnly", "Pruned", "Fp16", "Metadata", "MetaOnly", "ModelInfo",
                          "VersionImages", "ModelImages", "SkipConfirmation", "LogApiRequests"}) {
    EXPECT_FALSE(defaults.enabled(find_key(key)->id)) << key;
  }
  EXPECT_EQ(defaults.text(find_key("SavePath")->id), "downloads");
  EXPECT_EQ(defaults.text(find_key("Sort")->id), "Most Downloaded");
  EXPECT_EQ(defaults.text(find_key("Period")->id), "AllTime");
  const std::pair<const char*, int> numbers[] = {{"ModelVersionID", 0}, {"Limit", 100},
                                                 {"MaxPages", 0},       {"Concurrency", 4},
                                                 {"ApiDelayMs", 200},   {"ApiClientTimeoutSec", 60}};
  for (const auto& [key, number] : numbers) EXPECT_EQ(defaults.integer(find_key(key)->id), number) << key;
}

TEST(FindKey, AcceptsTheNamesOfLaterStates) {
  const std::pair<const char*, OptionId> cases[] = {
      {"DownloadAllVersions", OptionId::all_versions},
      {"SaveMetadata", OptionId::metadata},
      {"DownloadMetaOnly", OptionId::meta_only},
      {"SaveModelInfo", OptionId::model_info},
      {"SaveVersionImages", OptionId::version_images},
      {"SaveModelImages", OptionId::model_images},
      {"DownloadConcurrency", OptionId::concurrency},
      {"Download.Concurrency", OptionId::concurrency},
      {"Download.Tags", OptionId::tags},
      {"Download.SaveMetadata", OptionId::metadata},
      {"Images.SaveMetadata", OptionId::images_metadata},
      {"savepath", OptionId::save_path},
      {"download.modeltypes", OptionId::model_types},
  };
  for (const auto& [key, id] : cases) {
    ASSERT_NE(find_key(key), nullptr) << key;
    EXPECT_EQ(find_key(key)->id, id) << key;
  }
}

TEST(FindKey, RefusesWhatDoesNotBelongThere) {
  for (const char* key : {"", "SavePth", "Download.SavePath", "Images.Tags", "Torrent.Concurrency", "Download."}) {
    EXPECT_EQ(find_key(key), nullptr) << key;
  }
}

}  // namespace
}  // namespace civitai::config
