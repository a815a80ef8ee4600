// Writing the library out, whole: as JSON, which `import_entries` reads back, as CSV for tables, or as the Bitcask
// directory of the original program, which reads its share of it and leaves the rest for the way back.
#pragma once

#include "os/file.hpp"
#include "store/transfer_desk.hpp"

#include <functional>
#include <stop_token>
#include <string_view>

namespace civitai::engine {

// How an export starts, how its first line ends, and its last line. Each entry and each image between them stands on a
// line of its own.
inline constexpr std::string_view export_start = R"({"format":"civitai-downloader library")";
inline constexpr std::string_view export_entries_start = R"("entries":[)";
inline constexpr std::string_view export_images_start = R"(],"images":[)";  // the line between entries and images
inline constexpr std::string_view export_end = "]}";

// Where the text goes, piece by piece.
using Write = std::function<Status(std::string_view)>;

struct Exported {
  std::size_t entries = 0;
  std::size_t images = 0;  // of the archive; CSV has no place for them
};

// Errors of `write` end it.
[[nodiscard]] Result<Exported> export_json(store::TransferDesk& desk, const Write& write, SystemTime now,
                                           const std::stop_token& stop);
[[nodiscard]] Result<Exported> export_csv(store::TransferDesk& desk, const Write& write, const std::stop_token& stop);
// `directory` must not exist; it appears whole or not at all. Paths below `root` are written relative to it.
[[nodiscard]] Result<Exported> export_bitcask(store::TransferDesk& desk, os::FileSystem& files,
                                              const os::Path& directory, const os::Path& root,
                                              const std::stop_token& stop);

}  // namespace civitai::engine
