// Rows of the option table: how `download` and the commands of the library run.
#pragma once

#include "config/option.hpp"

namespace civitai::config::table {

inline constexpr Option run[] = {
    {.id = OptionId::concurrency,
     .key = "Concurrency",
     .key_aliases = "DownloadConcurrency",
     .flags = "-c,--concurrency",
     .kind = Kind::integer,
     .range = {1, 64},
     .fallback = "4",
     .commands = Command::download,
     .group = Group::run,
     .placeholder = "N",
     .help = "How many files to transfer at once"},
    {.id = OptionId::skip_confirmation,
     .key = "SkipConfirmation",
     .flags = "-y,--yes",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::download | Command::db_verify,
     .group = Group::run,
     .help = "Do not ask before downloading"},
    {.id = OptionId::dry_run,
     .flags = "--dry-run",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::download,
     .group = Group::run,
     .help = "Show what would be downloaded and change nothing"},
    {.id = OptionId::json,
     .flags = "--json",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::download | Command::images | Command::db_view | Command::db_verify | Command::db_search |
                 Command::db_redownload,
     .group = Group::run,
     .help = "Print the plan or report as JSON on standard output"},
};

inline constexpr Option library[] = {
    {.id = OptionId::check_hash,
     .flags = "--check-hash",
     .kind = Kind::boolean,
     .fallback = "true",
     .commands = Command::db_verify,
     .group = Group::library,
     .help = "Also compare the hashes of files that exist"},
    {.id = OptionId::clean_torrents,
     .flags = "-t,--torrents",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::clean,
     .group = Group::library,
     .help = "Also remove *.torrent files"},
    {.id = OptionId::clean_magnets,
     .flags = "-m,--magnets",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::clean,
     .group = Group::library,
     .help = "Also remove *-magnet.txt files"},
};

inline constexpr Option debug[] = {
    {.id = OptionId::show_origins,
     .flags = "--origins",
     .kind = Kind::boolean,
     .fallback = "false",
     .commands = Command::show_config,
     .group = Group::run,
     .help = "Tell of each value where it comes from"},
};

}  // namespace civitai::config::table
