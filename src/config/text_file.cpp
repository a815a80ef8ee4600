#include "config/text_file.hpp"

#include "base/format.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace civitai::config {

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit) {
  std::error_code trouble;
  if (std::filesystem::is_directory(path, trouble)) {
    return fail(ErrorKind::usage, format("{} is a folder, not a file", path.string()));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return fail(ErrorKind::usage, system_error(errno, format("cannot read {}", path.string())).message);
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > limit) {
    return fail(ErrorKind::usage, format("{} is larger than {} bytes", path.string(), limit));
  }
  return text;
}

bool others_can_read(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code trouble;
  const fs::file_status status = fs::status(path, trouble);
  return fs::is_regular_file(status) &&
         (status.permissions() & (fs::perms::group_read | fs::perms::others_read)) != fs::perms::none;
}

}  // namespace civitai::config
