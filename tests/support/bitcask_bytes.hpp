// A Bitcask data file composed from the description of the format, without the code under test.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace civitai::test {

inline std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xFFU);
  return text;
}

// CRC-32 of IEEE 802.3, bit by bit.
inline std::uint32_t plain_crc32(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : text) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
  }
  return ~crc;
}

inline std::string bitcask_record(std::string_view key, std::string_view value, std::uint64_t expiry = 0) {
  return big_endian(key.size(), 4) + big_endian(value.size(), 8) + std::string(key) + std::string(value) +
         big_endian(plain_crc32(value), 4) + big_endian(expiry, 8);
}

// The key is gone from here on.
inline std::string bitcask_tombstone(std::string_view key) {
  return big_endian(key.size(), 4) + big_endian(0, 8) + std::string(key) + std::string(12, '\0');
}

}  // namespace civitai::test
