// Rows of the option table: what `torrent` takes. None of them stands in the configuration file.
#pragma once

#include "config/option.hpp"

namespace civitai::config::table {

inline constexpr Option torrent[] = {
    {.id = OptionId::torrent_announce,
     .flags = "--announce",
     .kind = Kind::list,
     .commands = Command::torrent,
     .group = Group::torrents,
     .placeholder = "URL,...",
     .help = "Announce address of one or more trackers; required"},
    {.id = OptionId::torrent_model_ids,
     .flags = "--model-id",
     .kind = Kind::list,
     .rule = Rule::positive_number,
     .commands = Command::torrent,
     .group = Group::torrents,
     .placeholder = "ID,...",
     .help = "Only files of these models; none: the whole library"},
    {.id = OptionId::torrent_output_dir,
     .flags = "-o,--output-dir",
     .kind = Kind::path,
     .commands = Command::torrent,
     .group = Group::torrents,
     .placeholder = "DIR",
     .help = "Folder for the .torrent files; empty: beside each model file"},
    {.id = OptionId::torrent_overwrite,
     .flags = "-f,--overwrite",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::torrent,
     .group = Group::torrents,
     .help = "Replace .torrent files that exist"},
    {.id = OptionId::torrent_concurrency,
     .flags = "-c,--concurrency",
     .kind = Kind::integer,
     .range = {1, 64},
     .fallback = "4",
     .commands = Command::torrent,
     .group = Group::torrents,
     .placeholder = "N",
     .help = "How many torrents to make at once"},
    {.id = OptionId::torrent_magnet_links,
     .flags = "--magnet-links",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::torrent,
     .group = Group::torrents,
     .help = "Also write NAME-magnet.txt with the magnet link"},
};

}  // namespace civitai::config::table
