// Request targets: taking them apart, and building links.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace standin {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The parameters of a query, decoded, in the order sent; a name may come several times.
class Query {
 public:
  Query() = default;
  explicit Query(std::string_view text);

  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] const Pairs& pairs() const { return pairs_; }

 private:
  Pairs pairs_;
};

// Percent-encodes as JavaScript's encodeURIComponent does: blank is %20, colon %3A, bar %7C.
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace standin
