// A number of bytes, and how it is written for people and read from them.
#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace civitai {

struct ByteCount {
  std::uint64_t value = 0;

  friend constexpr auto operator<=>(const ByteCount&, const ByteCount&) = default;
  friend constexpr ByteCount operator+(ByteCount a, ByteCount b) { return {a.value + b.value}; }
  // Saturates at zero: a difference of sizes is never negative.
  friend constexpr ByteCount operator-(ByteCount a, ByteCount b) { return {a.value > b.value ? a.value - b.value : 0}; }
  constexpr ByteCount& operator+=(ByteCount other) {
    value += other.value;
    return *this;
  }
};

constexpr ByteCount kibibytes(std::uint64_t n) { return {n << 10}; }
constexpr ByteCount mebibytes(std::uint64_t n) { return {n << 20}; }
constexpr ByteCount gibibytes(std::uint64_t n) { return {n << 30}; }

// "0 B", "999 B", "1.0 KiB", "6.5 GiB": IEC units, one decimal from KiB on.
[[nodiscard]] std::string to_text(ByteCount bytes);

// Reads "5M", "5MiB", "1.5g", "4096": binary multiples, any letter case. Error of kind usage otherwise.
[[nodiscard]] Result<ByteCount> parse_bytes(std::string_view text);

}  // namespace civitai
