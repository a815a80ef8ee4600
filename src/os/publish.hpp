// Making a small file visible atomically: whole or not at all, whatever happens in between.
#pragma once

#include "os/file.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::os {

// Who may read the published file.
enum class Access { everyone, owner };  // 0666 or 0600, less the umask

// Writes `content` to a temporary sibling ("<name>.<random>.tmp"), flushes it, renames it over `path` and flushes the
// directory. On failure `path` is as it was and the sibling is gone; only when the last step fails, the flush of the
// directory, the new content stands and the error says that a power cut might still undo it. Missing directories are
// created. A symbolic link at `path` is replaced, not followed.
[[nodiscard]] Status publish_text(FileSystem& files, const Path& path, std::string_view content,
                                  Access access = Access::everyone);

// As publish_text, by way of `sibling` in the same directory, which is replaced when an earlier process left it: for a
// path that only one process at a time writes, so that no crash leaves more than one of them.
[[nodiscard]] Status publish_text_by(FileSystem& files, const Path& sibling, const Path& path,
                                     std::string_view content);

struct Text {
  Path path;
  std::string content;
};

// As publish_text for each, told for each in the same order; flushed together, which costs little more than one of
// them. While they are written there are as many open files.
[[nodiscard]] std::vector<Status> publish_texts(FileSystem& files, std::span<const Text> texts);

}  // namespace civitai::os
