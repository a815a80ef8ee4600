#include "domain/hashes.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace civitai {
namespace {

struct Row {
  HashKind kind;
  std::string_view name;
  std::size_t shortest;
  std::size_t longest;
};

constexpr std::array<Row, all_hash_kinds.size()> rows = {{
    {HashKind::sha256, "SHA256", 64, 64},
    {HashKind::blake3, "BLAKE3", 64, 64},
    {HashKind::autov2, "AutoV2", 10, 10},
    {HashKind::autov3, "AutoV3", 10, 64},
    {HashKind::crc32, "CRC32", 8, 8},
    {HashKind::autov1, "AutoV1", 8, 8},
}};

const Row& row_of(HashKind kind) { return rows[static_cast<std::size_t>(kind)]; }

std::string bytes_reversed(std::string_view hex) {
  std::string result;
  for (std::size_t at = hex.size(); at >= 2; at -= 2) result += hex.substr(at - 2, 2);
  return result;
}

}  // namespace

std::string_view to_string(HashKind kind) { return row_of(kind).name; }

std::optional<HashKind> hash_kind_from(std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return equal_ignoring_case(r.name, name); });
  if (found == rows.end()) return std::nullopt;
  return found->kind;
}

const std::string& Hashes::get(HashKind kind) const { return values_[static_cast<std::size_t>(kind)]; }

bool Hashes::empty() const {
  return std::all_of(values_.begin(), values_.end(), [](const std::string& value) { return value.empty(); });
}

void Hashes::set(HashKind kind, std::string_view value) {
  const std::string_view text = trim(value);
  const Row& row = row_of(kind);
  if (!is_hex(text) || text.size() < row.shortest || text.size() > row.longest) return;
  values_[static_cast<std::size_t>(kind)] = to_lower(text);
}

bool same_hash(HashKind kind, std::string_view published, std::string_view computed) {
  if (published.empty() || computed.empty()) return false;
  if (kind == HashKind::autov3) {
    const std::size_t length = std::min(published.size(), computed.size());
    if (length < row_of(kind).shortest) return false;  // too few digits to prove anything
    return equal_ignoring_case(published.substr(0, length), computed.substr(0, length));
  }
  if (equal_ignoring_case(published, computed)) return true;
  return kind == HashKind::crc32 && equal_ignoring_case(bytes_reversed(published), computed);
}

}  // namespace civitai
