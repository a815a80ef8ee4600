#include "config/criteria.hpp"

#include "domain/image.hpp"

namespace civitai::config {
namespace {

VersionId wanted_version(const Settings& settings) {
  const bool model_is_stronger =
      settings.integer(OptionId::model_id) != 0 &&
      settings.origin(OptionId::model_id).source > settings.origin(OptionId::model_version_id).source;
  return model_is_stronger ? VersionId{} : VersionId{settings.integer(OptionId::model_version_id)};
}

ModelQuery query_from(const Settings& settings) {
  return {
      .types = settings.list(OptionId::model_types),
      .base_models = settings.list(OptionId::base_models),
      .tags = settings.list(OptionId::tags),
      .usernames = settings.list(OptionId::usernames),
      .query = settings.text(OptionId::query),
      .sort = settings.text(OptionId::sort),
      .period = settings.text(OptionId::period),
      .nsfw = settings.enabled(OptionId::nsfw),
      .limit = settings.count(OptionId::limit),
      .max_pages = settings.count(OptionId::max_pages),
      .model_id = {settings.integer(OptionId::model_id)},
      .version_id = wanted_version(settings),
  };
}

FileFilter filter_from(const Settings& settings) {
  return {
      .base_models = settings.list(OptionId::base_models),
      .ignore_base_models = settings.list(OptionId::ignore_base_models),
      .ignore_file_names = settings.list(OptionId::ignore_file_names),
      .all_versions = settings.enabled(OptionId::all_versions),
      .primary_only = settings.enabled(OptionId::primary_only),
      .pruned = settings.enabled(OptionId::pruned),
      .fp16 = settings.enabled(OptionId::fp16),
      .allow_unsafe = settings.enabled(OptionId::allow_unsafe),
      .include_paid = settings.enabled(OptionId::include_paid),
  };
}

}  // namespace

Criteria criteria_from(const Settings& settings) {
  return {.models = query_from(settings), .files = filter_from(settings)};
}

ImageQuery image_query_from(const Settings& settings) {
  ImageQuery query;
  query.image_id = {settings.integer(OptionId::images_image_id)};
  query.post_id = {settings.integer(OptionId::images_post_id)};
  query.model_id = {settings.integer(OptionId::images_model_id)};
  query.version_id = {settings.integer(OptionId::images_model_version_id)};
  query.username = settings.text(OptionId::images_username);
  query.nsfw = settings.text(OptionId::images_nsfw);
  query.browsing_level = browsing_level_from(settings.text(OptionId::images_browsing_level)).value_or(0);
  query.media_type = settings.text(OptionId::images_media_type);
  query.base_models = settings.list(OptionId::images_base_models);
  query.stop_at_known = settings.enabled(OptionId::images_stop_at_known);
  query.sort = settings.text(OptionId::images_sort);
  query.period = settings.text(OptionId::images_period);
  query.limit = settings.count(OptionId::images_limit);
  query.max_pages = settings.count(OptionId::images_max_pages);
  return query;
}

std::filesystem::path save_path(const Settings& settings) { return settings.text(OptionId::save_path); }

std::filesystem::path database_path(const Settings& settings) {
  const std::string& own = settings.text(OptionId::database_path);
  return own.empty() ? save_path(settings) / "civitai_download.db" : std::filesystem::path(own);
}

Milliseconds api_delay(const Settings& settings) { return Milliseconds(settings.integer(OptionId::api_delay)); }

std::chrono::seconds api_timeout(const Settings& settings) {
  return std::chrono::seconds(settings.integer(OptionId::api_timeout));
}

RateSchedule rate_schedule(const Settings& settings) {
  // The text was checked when it was read.
  return parse_rate_schedule(settings.text(OptionId::limit_rate)).value_or(RateSchedule{});
}

LogLevel log_level(const Settings& settings) {
  const std::string& word = settings.text(OptionId::log_level);
  if (word == "debug") return LogLevel::debug;
  if (word == "warn") return LogLevel::warn;
  return word == "error" ? LogLevel::error : LogLevel::info;
}

LogFormat log_format(const Settings& settings) {
  return settings.text(OptionId::log_format) == "json" ? LogFormat::json : LogFormat::text;
}

}  // namespace civitai::config
