// Between our bytes and the library's characters. For this layer alone.
#pragma once

#include "base/text.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace civitai::torrent {

[[nodiscard]] inline std::string_view chars_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Of an info-hash of the library.
template <class Digest>
[[nodiscard]] std::string hex_of(const Digest& digest) {
  return to_hex(std::as_bytes(std::span(digest.data(), static_cast<std::size_t>(Digest::size()))));
}

}  // namespace civitai::torrent
