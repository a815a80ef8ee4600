// Bringing entries into the library: from the original program's Bitcask directory, from its later SQLite file, or from
// an export of this program. The source is never changed.
//
// What the library knows already stays. Taken over in commits of many entries: after an interruption or a crash the
// same import goes on where it was, and one that is repeated changes nothing.
//
// The original program's records are held to the disk: one that says Downloaded is taken so only when a file of the
// right length lies where it can be meant, and counts as checked by its length alone until it is verified; without that
// file it becomes an Error that says so. A Pending one whose file is there is taken as Downloaded, too. An Error stays
// one, because that program puts files in place before it checks them: the next download proves what is there.
#pragma once

#include "os/file.hpp"
#include "store/transfer_desk.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace civitai::engine {

enum class ImportKind { bitcask, seed_sqlite, own_export };

struct ImportSource {
  ImportKind kind = ImportKind::bitcask;
  os::Path path;  // absolute
};

// Error of kind not_found when there is nothing, usage when it is something else.
[[nodiscard]] Result<ImportSource> recognise_source(const os::Path& path);

struct ImportReport {
  struct LeftOut {
    std::string key;  // "v_123"
    std::string why;
  };
  std::size_t entries = 0;  // that were read
  std::size_t here = 0;     // of them with their file in place
  std::size_t lost = 0;     // of them said to be downloaded, but they are not
  std::size_t images = 0;   // of the archive, that were read
  std::size_t images_added = 0;
  store::TakenOver taken;
  std::vector<LeftOut> left_out;
  std::vector<std::string> notices;  // what was damaged in the source
};

struct ImportTools {
  store::TransferDesk* desk = nullptr;  // null: only look
  std::vector<os::Path> roots = {};     // folders of downloads that relative paths may be meant from
  std::function<void(std::size_t entries)> progress = {};
};

[[nodiscard]] Result<ImportReport> import_entries(const ImportSource& source, const ImportTools& tools, SystemTime now,
                                                  const std::stop_token& stop);

}  // namespace civitai::engine
