// One record of a Bitcask data file, in memory. Internal to the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace civitai::store {

struct BitcaskRecord {
  std::string_view key;
  std::string_view value;  // empty: the key is removed
  std::int64_t expiry = 0;
  std::size_t size = 0;  // of the whole record
  bool intact = false;   // the checksum fits
};

// The record at the start of `data`; nullopt when it does not end within `data` or makes no sense.
[[nodiscard]] std::optional<BitcaskRecord> parse_bitcask_record(std::string_view data);

// Whether `data` starts with an intact record whose key is one of those the older programs use: how the next one is
// found behind a damaged place.
[[nodiscard]] bool starts_with_good_record(std::string_view data);

void append_bitcask_record(std::string& data, std::string_view key, std::string_view value);

}  // namespace civitai::store
