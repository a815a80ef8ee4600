// Writing JSON: documents whose keys keep the order in which they were set.
//
//   json::Object entry;
//   entry.set("key", "v_12").set("size", 4096);
//   entry.text()
//
// Text that is not valid UTF-8 is repaired; characters that could play tricks on a screen are written as \uXXXX. Pure
// values, cheap to move.
#pragma once

#include "base/bytes.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace civitai::json {

class Array;

class Object {
 public:
  Object();
  Object(Object&&) noexcept;
  Object& operator=(Object&&) noexcept;
  ~Object();

  Object& set(std::string_view key, std::string_view value);
  Object& set(std::string_view key, const char* value) { return set(key, std::string_view(value)); }
  Object& set(std::string_view key, const std::string& value) { return set(key, std::string_view(value)); }
  Object& set(std::string_view key, bool value);
  Object& set(std::string_view key, double value);
  template <std::integral Number>
  Object& set(std::string_view key, Number value) {
    if constexpr (std::unsigned_integral<Number>) {
      return set_integer(key, std::uint64_t{value});
    } else {
      return set_integer(key, std::int64_t{value});
    }
  }
  Object& set(std::string_view key, ByteCount value) { return set_integer(key, value.value); }
  Object& set(std::string_view key, Object value);
  Object& set(std::string_view key, Array value);
  Object& set_null(std::string_view key);
  // null when there is no value.
  template <class Value>
  Object& set(std::string_view key, const std::optional<Value>& value) {
    return value ? set(key, *value) : set_null(key);
  }

  // Indented by two blanks, or on one line with `indent` -1. No newline at the end.
  [[nodiscard]] std::string text(int indent = 2) const;

 private:
  friend class Array;
  struct Implementation;
  Object& set_integer(std::string_view key, std::int64_t value);
  Object& set_integer(std::string_view key, std::uint64_t value);
  std::unique_ptr<Implementation> implementation_;
};

class Array {
 public:
  Array();
  Array(Array&&) noexcept;
  Array& operator=(Array&&) noexcept;
  ~Array();

  Array& add(Object value);
  Array& add(std::string_view value);
  Array& add(std::int64_t value);

 private:
  friend class Object;
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai::json
