// A text that must not be shown: an API key, a signed link's query.
//
// It has no conversion to string and formats as "[redacted]"; `reveal()` is the one way to its content and stands only
// where the secret is put on the wire.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace civitai {

class Secret {
 public:
  static constexpr std::string_view mask = "[redacted]";

  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  // "[redacted]", or nothing when there is no secret.
  [[nodiscard]] std::string_view shown() const { return value_.empty() ? std::string_view{} : mask; }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

}  // namespace civitai
