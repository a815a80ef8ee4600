// A folder held open, and what lies below it reached without following any symbolic link: whatever is put in place of a
// name meanwhile, nothing outside the folder is touched. Stateless but for the handle; one thread at a time.
#pragma once

#include "os/file.hpp"

namespace civitai::os {

class HeldFolder {
 public:
  // Follows links to the folder itself.
  [[nodiscard]] static Result<HeldFolder> open(const Path& folder);

  // For reading. Error of kind io for a link, a folder and everything else that is no regular file.
  [[nodiscard]] Result<FileHandle> open_file(const Path& below) const;
  // Removes a file (of a link: the link).
  [[nodiscard]] Status remove_file(const Path& below) const;
  // Whether the folder was empty and is gone.
  [[nodiscard]] bool remove_if_empty(const Path& below) const;

 private:
  HeldFolder(FileHandle handle, Path path) : handle_(std::move(handle)), path_(std::move(path)) {}
  // The folder that holds `below`.
  [[nodiscard]] Result<FileHandle> parent_of(const Path& below) const;

  FileHandle handle_;
  Path path_;
};

// Whether any process, this one included, has the file open beside `file`. Where the system does not tell (another
// owner, some network file systems) the answer is false.
[[nodiscard]] bool is_open_elsewhere(const FileHandle& file);

}  // namespace civitai::os
