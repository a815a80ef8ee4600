#include "base/format.hpp"
#include "base/text.hpp"
#include "store/bitcask.hpp"
#include "store/bitcask_record.hpp"

#include <span>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

// A data file that has reached it is closed before the next record.
constexpr std::size_t full_data_file = std::size_t{1} << 20U;

}  // namespace

Result<BitcaskWriter> BitcaskWriter::create(os::FileSystem& files, const Path& directory) {
  std::error_code code;
  if (fs::symlink_status(directory, code).type() != fs::file_type::not_found) {
    return fail(ErrorKind::usage, format("{} exists already", printable(directory.native())),
                "name a directory that is to be made");
  }
  Path draft = directory;
  draft += format(".{}.tmp", ::getpid());
  fs::remove_all(draft, code);  // of a process of the same number that was killed
  if (auto made = os::make_directories(files, draft); !made) return fail(made.error());
  fs::permissions(draft, fs::perms::owner_all, code);  // as the original program has it
  return BitcaskWriter(files, directory, std::move(draft));
}

BitcaskWriter::BitcaskWriter(os::FileSystem& files, Path directory, Path draft)
    : files_(&files), directory_(std::move(directory)), draft_(std::move(draft)) {}

BitcaskWriter::BitcaskWriter(BitcaskWriter&& other) noexcept
    : files_(other.files_),
      directory_(std::move(other.directory_)),
      draft_(std::exchange(other.draft_, {})),
      number_(other.number_),
      content_(std::move(other.content_)) {}

BitcaskWriter::~BitcaskWriter() {
  std::error_code ignored;
  if (!draft_.empty()) fs::remove_all(draft_, ignored);
}

Status BitcaskWriter::put(std::string_view key, std::string_view value) {
  const bool fits =
      !key.empty() && key.size() <= longest_bitcask_key && !value.empty() && value.size() <= longest_bitcask_value;
  if (!fits) {
    return fail(ErrorKind::internal, format("a Bitcask record of {} and {} bytes", key.size(), value.size()));
  }
  if (content_.size() >= full_data_file) {
    if (auto written = write_file(); !written) return written;
  }
  append_bitcask_record(content_, key, value);
  return {};
}

Status BitcaskWriter::write_file() {
  const Path path = draft_ / format("{:09}.data", number_);
  const auto file = files_->open(path, os::OpenMode::write_new_private);
  if (!file) return fail(file.error());
  if (auto written = files_->write_at(*file, path, 0, std::as_bytes(std::span(content_))); !written) return written;
  if (auto flushed = files_->flush(*file, path); !flushed) return flushed;
  ++number_;
  content_.clear();
  return {};
}

Status BitcaskWriter::finish() {
  if (auto written = write_file(); !written) return written;
  if (auto flushed = files_->flush_directory(draft_); !flushed) return flushed;
  if (auto named = files_->rename(draft_, directory_, os::FileSystem::Replace::no); !named) return named;
  draft_.clear();
  return files_->flush_directory(fs::absolute(directory_).parent_path());
}

}  // namespace civitai::store
