#include "torrent/recipe.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>

namespace civitai::torrent {
namespace {

constexpr std::uint64_t pieces_aimed_at = 2048;
constexpr ByteCount longest_chosen_piece = mebibytes(16);

bool is_visible(char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; }

Status check_address(std::string_view url, std::span<const std::string_view> schemes) {
  const std::size_t mark = url.find("://");
  const std::string scheme = mark == std::string_view::npos ? "" : to_lower(url.substr(0, mark));
  if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) {
    return fail(ErrorKind::usage, format("an address must start with one of: {}://", join(schemes, "://, ")));
  }
  const std::string_view rest = url.substr(mark + 3);
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty()) return fail(ErrorKind::usage, "an address without a host");
  if (!std::all_of(url.begin(), url.end(), is_visible)) {
    return fail(ErrorKind::usage, "an address with a blank or a control character");
  }
  return {};
}

}  // namespace

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::hybrid: return "hybrid";
    case Protocol::v1: return "v1";
    case Protocol::v2: return "v2";
  }
  return "";
}

ByteCount Recipe::size() const {
  return std::accumulate(files.begin(), files.end(), ByteCount{},
                         [](ByteCount sum, const SourceFile& file) { return sum + file.size; });
}

ByteCount piece_length_for(ByteCount content) {
  const std::uint64_t wanted = (content.value + pieces_aimed_at - 1) / pieces_aimed_at;
  const std::uint64_t length = std::bit_ceil(std::max<std::uint64_t>(wanted, 1));
  return {std::clamp(length, shortest_piece.value, longest_chosen_piece.value)};
}

Result<ByteCount> parse_piece_length(std::string_view text) {
  auto length = parse_bytes(text);
  if (!length) return fail(length.error());
  const bool fits = std::has_single_bit(length->value) && *length >= shortest_piece && *length <= longest_piece;
  if (fits) return length;
  return fail(ErrorKind::usage, format("a piece has a power of two of bytes, {} to {}; got \"{}\"",
                                       to_text(shortest_piece), to_text(longest_piece), printable(text)));
}

Status check_tracker(std::string_view url) {
  constexpr std::array<std::string_view, 5> schemes = {"http", "https", "udp", "ws", "wss"};
  return check_address(url, schemes);
}

Status check_web_seed(std::string_view url) {
  constexpr std::array<std::string_view, 2> schemes = {"http", "https"};
  return check_address(url, schemes);
}

}  // namespace civitai::torrent
