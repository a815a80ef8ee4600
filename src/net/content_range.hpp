// The Content-Range header of 206 and 416 answers. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace civitai::net {

// "bytes 0-99/1234", "bytes 0-99/*" or "bytes */1234".
struct ContentRange {
  std::optional<std::uint64_t> first;  // absent for "*"
  std::optional<std::uint64_t> last;
  std::optional<std::uint64_t> total;
};

[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view header);

}  // namespace civitai::net
