// The key-value store of this program's older relatives: Bitcask 1.0, a directory of append-only data files.
//
// A record is: key length (4 bytes), value length (8), key, value, CRC-32 of the value (4), expiry in seconds since
// 1970 or 0 (8); all big-endian, one after the other, without a header. A later record of a key replaces the earlier
// one, an empty value removes it. Data files are named by nine digits, counted up, and a new one begins once 1 MiB is
// reached. The index beside them is not believed: after a crash of the older program it lacks what came last.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/file.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::store {

using Path = std::filesystem::path;

// What the older programs accept.
inline constexpr std::size_t longest_bitcask_key = 64;
inline constexpr std::size_t longest_bitcask_value = 65'536;

// Whether the directory holds such a store.
[[nodiscard]] bool is_bitcask(const Path& directory);

class BitcaskReader {
 public:
  // Takes the store's lock while the reader lives, so that nobody writes meanwhile; writes nothing itself. Expired
  // records are left out. A torn or damaged record costs itself alone and is told in `notices`. Errors: not_found, busy
  // when another program has it open, io.
  [[nodiscard]] static Result<BitcaskReader> open(const Path& directory, SystemTime now);

  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

  // Calls `visit(key, value)` for every record, in the order of the files; gzip values are unpacked. Ends with the
  // error that `visit` gives.
  using Visit = std::function<Status(const std::string& key, const std::string& value)>;
  [[nodiscard]] Status each(const Visit& visit) const;

 private:
  // Where the last record of a key is.
  struct Where {
    std::size_t file = 0;  // in files_
    std::size_t offset = 0;
    friend auto operator<=>(const Where&, const Where&) = default;
  };

  BitcaskReader() = default;
  [[nodiscard]] Status take_lock(const Path& directory);
  [[nodiscard]] Status read_index(std::size_t file, std::int64_t now);

  os::FileHandle lock_;
  std::vector<Path> files_;
  std::map<std::string, Where> index_;
  std::vector<std::string> notices_;
};

// Writes a new store. It appears whole with `finish`, or not at all.
class BitcaskWriter {
 public:
  // Error of kind usage when something is at `directory` already. `files` must outlive the writer.
  [[nodiscard]] static Result<BitcaskWriter> create(os::FileSystem& files, const Path& directory);

  BitcaskWriter(BitcaskWriter&&) noexcept;
  BitcaskWriter& operator=(BitcaskWriter&&) = delete;
  ~BitcaskWriter();

  // Key and value must keep to the limits above; neither may be empty.
  [[nodiscard]] Status put(std::string_view key, std::string_view value);
  [[nodiscard]] Status finish();

 private:
  BitcaskWriter(os::FileSystem& files, Path directory, Path draft);
  [[nodiscard]] Status write_file();

  os::FileSystem* files_;
  Path directory_;
  Path draft_;  // where it grows; empty once finished or moved from
  int number_ = 0;
  std::string content_;  // of the data file that is being filled
};

}  // namespace civitai::store
