#include "cli/commands.hpp"

#include "cli/clean_command.hpp"
#include "cli/db_adopt_command.hpp"
#include "cli/db_command.hpp"
#include "cli/db_export_command.hpp"
#include "cli/db_import_command.hpp"
#include "cli/delete_command.hpp"
#include "cli/download_command.hpp"
#include "cli/images_command.hpp"
#include "cli/torrent_command.hpp"
#include "cli/trash_command.hpp"
#include "cli/upgrade_command.hpp"

#include <algorithm>
#include <iterator>

namespace civitai::cli {
namespace {

using config::Command;

constexpr CommandRow rows[] = {
    {.command = Command::download,
     .help = "Choose models, see the plan, confirm, download, verify, record",
     .run = run_download},
    {.command = Command::images,
     .help = "Download images and videos, remember them, look through them",
     .run = run_images_command},
    {.command = Command::db_view,
     .help = "List the files that the library knows, all or some of them",
     .run = run_db_view},
    {.command = Command::db_search,
     .help = "List the files that match every word: names, creator, tags, trigger words",
     .run = run_db_search,
     .argument = {.name = "QUERY", .help = "Words to look for", .most = 0}},
    {.command = Command::db_show,
     .help = "Tell everything about one entry",
     .run = run_db_show,
     .argument = {.name = "KEY", .help = "v_123, the id of a version, a file or a model, a hash, or a path"}},
    {.command = Command::db_stats,
     .help = "Count what is there: files and bytes by status, type and base model, duplicates",
     .run = run_db_stats},
    {.command = Command::db_verify,
     .help = "Check every file against the library, and download again what is missing or wrong",
     .run = run_db_verify},
    {.command = Command::db_redownload,
     .help = "Download the files of one entry again, if they are missing or wrong",
     .run = run_db_redownload,
     .argument = {.name = "KEY", .help = "The id of a version, v_123, the id of a file, a hash, or a path"}},
    {.command = Command::db_backup,
     .help = "Copy the library's database into a new file, while it is in use",
     .run = run_db_backup,
     .argument = {.name = "FILE", .help = "Where the copy goes; nothing is overwritten"}},
    {.command = Command::db_repair,
     .help = "Rebuild a damaged library of what can be read of it, of backups, and of the documents beside the models",
     .run = run_db_repair},
    {.command = Command::clean, .help = "Remove what broken runs left behind", .run = run_clean},
    {.command = Command::torrent,
     .help = "Make torrents of what was downloaded; check and show torrents",
     .run = run_torrent},
    {.command = Command::torrent_check,
     .help = "Compare files with a torrent: FILE.torrent, and where the files are if not beside it",
     .run = run_torrent_check,
     .argument = {.name = "TORRENT",
                  .help = "The .torrent file; behind it the file or folder, or the folder that holds it",
                  .least = 1,
                  .most = 2}},
    {.command = Command::torrent_show,
     .help = "Print what a torrent says",
     .run = run_torrent_show,
     .argument = {.name = "TORRENT", .help = "The .torrent file"}},
    {.command = Command::remove,
     .help = "Move files of the library into the trash and remember that they are not wanted",
     .run = run_delete,
     .argument = {.name = "KEY", .help = "v_123, or the id of a version, a file or a model", .least = 0, .most = 0}},
    {.command = Command::undo,
     .help = "Bring back what was deleted or replaced last",
     .run = run_undo,
     .argument = {.name = "ACT", .help = "What `trash list` calls it; without one the last act", .least = 0}},
    {.command = Command::outdated,
     .help = "List which models of the library have newer versions on the site, and which are gone from there",
     .run = run_outdated,
     .argument =
         {.name = "KEY", .help = "v_123, or the id of a version, a file or a model; none: all", .least = 0, .most = 0}},
    {.command = Command::upgrade,
     .help = "Download the newer versions of what the library has",
     .run = run_upgrade,
     .argument =
         {.name = "KEY", .help = "v_123, or the id of a version, a file or a model; none: all", .least = 0, .most = 0}},
    {.command = Command::trash_list, .help = "List what was deleted or replaced, oldest first", .run = run_trash_list},
    {.command = Command::trash_empty, .help = "Remove what is in the trash for good", .run = run_trash_empty},
    {.command = Command::db_adopt,
     .help = "Take model files that are on the disk already into the library, recognised by their content",
     .run = run_db_adopt,
     .argument = {.name = "DIR", .help = "The folder to look through; nothing in it is changed without --move"}},
    {.command = Command::db_import,
     .help = "Bring along the entries of the original program's database (Bitcask or SQLite) or of an export",
     .run = run_db_import,
     .argument = {.name = "PATH",
                  .help = "The database or export; it stays as it is. Without it: where the original program has it",
                  .least = 0}},
    {.command = Command::db_export,
     .help = "Write the whole library out: JSON and Bitcask can be imported again, CSV is for tables",
     .run = run_db_export,
     .argument = {.name = "TARGET",
                  .help = "The new file, or directory for bitcask; without it JSON and CSV go to standard output",
                  .least = 0}},
};

struct Family {
  std::string_view name;
  std::string_view help;
};

constexpr Family families[] = {
    {"db", "Look into the library, verify and repair it, bring entries in and out"},
    {"trash", "What was taken away: list it, remove it for good"},
};

}  // namespace

std::span<const CommandRow> commands() { return rows; }

std::string_view family_help(std::string_view family) {
  const auto* const found =
      std::find_if(std::begin(families), std::end(families), [&](const Family& row) { return row.name == family; });
  return found == std::end(families) ? std::string_view() : found->help;
}

}  // namespace civitai::cli
