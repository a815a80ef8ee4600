// Model files below a folder, and their hashes: each file is read once, and not again until it changes.
#pragma once

#include "os/stamp.hpp"
#include "store/hash_cache.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace civitai::engine {

struct FoundFile {
  os::Path path;  // absolute
  os::FileStamp stamp;
  std::string sha256;  // lower-case hex; empty until hashed
  bool is_link = false;
};

struct HashProgress {
  std::size_t files = 0;  // done
  std::size_t of_files = 0;
  ByteCount bytes;  // read
  ByteCount of_bytes;
};

// Whether a file of that name can be a model or what belongs to one: by its extension.
[[nodiscard]] bool is_model_name(const os::Path& path);

// Sorted by path, links behind files: who finds a content twice finds the file first. Hidden folders and folders behind
// links are left out, empty files and remains of broken runs too. What cannot be looked at is told in `notices`.
[[nodiscard]] Result<std::vector<FoundFile>> find_model_files(const os::Path& folder,
                                                              std::vector<std::string>& notices);

struct HashTools {
  store::HashCache* cache = nullptr;  // null: nothing is known and nothing is remembered
  os::FileSystem& files;
  int workers = 2;                                         // files read at once
  std::function<void(const HashProgress&)> progress = {};  // may be empty; called by the calling thread
};

// Fills in the hashes. A file that cannot be read, or changes meanwhile, keeps none and is told in `notices`. What was
// hashed before an interruption (kind cancelled) or a crash is remembered.
[[nodiscard]] Status hash_files(std::vector<FoundFile>& found, const HashTools& tools,
                                std::vector<std::string>& notices, const std::stop_token& stop);

}  // namespace civitai::engine
