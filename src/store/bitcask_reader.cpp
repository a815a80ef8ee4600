#include "base/format.hpp"
#include "base/text.hpp"
#include "store/bitcask.hpp"
#include "store/bitcask_record.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <system_error>

namespace civitai::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".data";
constexpr std::string_view gzip_magic = "\x1f\x8b";
// A data file is 1 MiB and one record; a value is a small document. Both guard against what is none.
constexpr ByteCount largest_file = gibibytes(1);
constexpr std::size_t largest_value = std::size_t{64} << 20U;

std::optional<std::int64_t> number_of(const Path& file) {
  if (file.extension() != extension) return std::nullopt;
  const std::string stem = file.stem().native();
  const bool digits = std::all_of(stem.begin(), stem.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? parse_integer(stem) : std::nullopt;
}

// The data files, oldest first.
Result<std::vector<Path>> data_files(const Path& directory) {
  std::vector<Path> files;
  std::error_code code;
  for (fs::directory_iterator at(directory, code), end; !code && at != end; at.increment(code)) {
    if (number_of(at->path())) files.push_back(at->path());
  }
  if (code) return fail(system_error(code.value(), format("cannot read {}", printable(directory.native()))));
  std::sort(files.begin(), files.end(), [](const Path& a, const Path& b) { return *number_of(a) < *number_of(b); });
  return files;
}

// What was stored: the older programs compress what they write, and take what does not unpack as it is.
std::string unpacked(std::string_view value) {
  if (value.starts_with(gzip_magic)) {
    if (auto text = decompress(value, largest_value)) return std::move(*text);
  }
  return std::string(value);
}

// Where the next good record starts at or behind `offset`; the end when there is none.
std::size_t next_good(std::string_view content, std::size_t offset) {
  while (offset < content.size() && !starts_with_good_record(content.substr(offset))) ++offset;
  return offset;
}

}  // namespace

bool is_bitcask(const Path& directory) {
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) return false;
  return fs::exists(directory / "000000000.data", ignored) || fs::exists(directory / "meta.json", ignored);
}

Result<BitcaskReader> BitcaskReader::open(const Path& directory, SystemTime now) {
  BitcaskReader reader;
  if (!is_bitcask(directory)) {
    return fail(ErrorKind::not_found, format("{} is no Bitcask database", printable(directory.native())));
  }
  if (auto locked = reader.take_lock(directory); !locked) return fail(locked.error());
  auto files = data_files(directory);
  if (!files) return fail(files.error());
  reader.files_ = std::move(*files);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  for (std::size_t file = 0; file < reader.files_.size(); ++file) {
    if (auto read = reader.read_index(file, seconds); !read) return fail(read.error());
  }
  return reader;
}

Status BitcaskReader::take_lock(const Path& directory) {
  const Path path = directory / "lock";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return {};
  os::RealFileSystem files;
  auto lock = files.open(path, os::OpenMode::read);
  if (!lock) return fail(lock.error());
  const auto taken = os::try_lock(*lock, path);
  if (!taken) return fail(taken.error());
  if (!*taken) {
    return fail(ErrorKind::busy, format("{} is in use by another program", printable(directory.native())),
                "end the original program first");
  }
  lock_ = std::move(*lock);
  return {};
}

Status BitcaskReader::read_index(std::size_t file, std::int64_t now) {
  const auto read = os::read_text(files_[file], largest_file);
  if (!read) return fail(read.error());
  const std::string_view content = *read;
  const std::string name = files_[file].filename().native();
  for (std::size_t offset = 0; offset < content.size();) {
    const auto record = parse_bitcask_record(content.substr(offset));
    if (!record || !record->intact) {
      const std::size_t next = next_good(content, offset + 1);
      const bool last = next == content.size();
      notices_.push_back(
          format("{}: {} at byte {} is damaged and was left out", name, last ? "the last entry" : "an entry", offset));
      offset = next;
      continue;
    }
    const std::string key(record->key);
    const bool gone = record->value.empty() || (record->expiry != 0 && record->expiry <= now);
    if (gone) {
      index_.erase(key);
    } else {
      index_[key] = Where{file, offset};
    }
    offset += record->size;
  }
  return {};
}

Status BitcaskReader::each(const Visit& visit) const {
  std::vector<std::pair<Where, const std::string*>> records;
  records.reserve(index_.size());
  for (const auto& [key, where] : index_) records.emplace_back(where, &key);
  std::sort(records.begin(), records.end());
  std::string content;
  std::size_t loaded = files_.size();
  for (const auto& [where, key] : records) {
    if (where.file != loaded) {
      auto read = os::read_text(files_[where.file], largest_file);
      if (!read) return fail(read.error());
      content = std::move(*read);
      loaded = where.file;
    }
    const auto record = parse_bitcask_record(std::string_view(content).substr(std::min(where.offset, content.size())));
    if (!record || record->key != *key) {
      return fail(ErrorKind::busy, format("{} was changed meanwhile", printable(files_[where.file].native())));
    }
    if (auto done = visit(*key, unpacked(record->value)); !done) return done;
  }
  return {};
}

}  // namespace civitai::store
