// The name of every option inside the program, in the order of the table.
#pragma once

#include <cstddef>

namespace civitai::config {

enum class OptionId : std::size_t {
  // the whole program
  config_file,
  log_level,
  log_format,
  log_api_requests,
  quiet,
  save_path,
  database_path,
  path_template,
  model_info_template,
  api_key,
  token_file,
  base_url,
  api_timeout,
  api_delay,

  // download
  query,
  tags,
  usernames,
  model_types,
  base_models,
  ignore_base_models,
  nsfw,
  sort,
  period,
  limit,
  max_pages,
  model_id,
  model_version_id,
  all_versions,
  primary_only,
  pruned,
  fp16,
  ignore_file_names,
  allow_unsafe,
  include_paid,
  metadata,
  meta_only,
  model_info,
  version_images,
  model_images,
  concurrency,
  skip_confirmation,
  dry_run,
  json,

  // images
  images_limit,
  images_post_id,
  images_model_id,
  images_model_version_id,
  images_username,
  images_nsfw,
  images_sort,
  images_period,
  images_max_pages,
  images_output_dir,
  images_concurrency,
  images_metadata,

  // db, clean, torrent, debug
  entry_statuses,
  entry_types,
  entry_base_models,
  entry_creators,
  entry_missing,
  entry_order,
  search_limit,
  csv,
  check_hash,
  proven_since,
  sample,
  fix_paths,
  report_only,
  clean_torrents,
  clean_magnets,
  torrent_announce,
  torrent_model_ids,
  torrent_output_dir,
  torrent_overwrite,
  torrent_concurrency,
  torrent_magnet_links,
  show_origins,
};

inline constexpr std::size_t option_count = static_cast<std::size_t>(OptionId::show_origins) + 1;

}  // namespace civitai::config
