#include "store/bitcask_record.hpp"

#include <zlib.h>

#include <algorithm>

namespace civitai::store {
namespace {

constexpr std::size_t key_length_size = 4;
constexpr std::size_t header_size = key_length_size + 8;
constexpr std::size_t checksum_size = 4;
constexpr std::size_t trailer_size = checksum_size + 8;
// Beyond what any of these programs writes: what claims more is damaged.
constexpr std::uint64_t longest_key = 4096;

std::uint64_t number_at(std::string_view data, std::size_t offset, std::size_t size) {
  std::uint64_t number = 0;
  for (const char byte : data.substr(offset, size)) number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

void append_number(std::string& data, std::uint64_t number, std::size_t size) {
  for (std::size_t i = size; i > 0; --i) data += static_cast<char>(number >> (8 * (i - 1)) & 0xFFU);
}

std::uint64_t checksum(std::string_view value) {
  return ::crc32_z(0, reinterpret_cast<const Bytef*>(value.data()), value.size());
}

}  // namespace

std::optional<BitcaskRecord> parse_bitcask_record(std::string_view data) {
  if (data.size() < header_size) return std::nullopt;
  const std::uint64_t key = number_at(data, 0, key_length_size);
  const std::uint64_t value = number_at(data, key_length_size, header_size - key_length_size);
  std::uint64_t room = data.size() - header_size;
  if (key == 0 || key > longest_key || key > room) return std::nullopt;
  room -= key;
  if (value > room || room - value < trailer_size) return std::nullopt;
  BitcaskRecord record;
  record.key = data.substr(header_size, key);
  record.value = data.substr(header_size + key, value);
  const std::size_t behind = header_size + key + value;
  record.expiry = static_cast<std::int64_t>(number_at(data, behind + checksum_size, trailer_size - checksum_size));
  record.size = behind + trailer_size;
  record.intact = number_at(data, behind, checksum_size) == checksum(record.value);
  return record;
}

bool starts_with_good_record(std::string_view data) {
  const auto record = parse_bitcask_record(data);
  const auto is_sign = [](char c) { return c > ' ' && c <= '~'; };
  return record && record->intact && std::all_of(record->key.begin(), record->key.end(), is_sign);
}

void append_bitcask_record(std::string& data, std::string_view key, std::string_view value) {
  append_number(data, key.size(), key_length_size);
  append_number(data, value.size(), header_size - key_length_size);
  data += key;
  data += value;
  append_number(data, checksum(value), checksum_size);
  append_number(data, 0, trailer_size - checksum_size);  // never expires
}

}  // namespace civitai::store
