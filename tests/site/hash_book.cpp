#include "site/hash_book.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace standin {
namespace {

using civitai::hash::Digests;
using civitai::hash::Kinds;

Digests compute(const Content& content, Kinds kinds) {
  civitai::hash::Hasher hasher(kinds);
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  for (std::uint64_t offset = 0; offset < content.size();) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), content.size() - offset));
    const std::span<std::byte> part = std::span(buffer).first(count);
    content.read(offset, part);
    hasher.update(part);
    offset += count;
  }
  return hasher.finish();
}

struct Kind {
  HashSet bit;
  const char* name;
  Kinds needs;
  std::string (*value)(const Digests&);
};

constexpr std::array<Kind, 6> kinds_in_site_order = {{
    {HashSet::autov1, "AutoV1", Kinds::autov1, [](const Digests& d) { return d.autov1; }},
    {HashSet::autov2, "AutoV2", Kinds::sha256, [](const Digests& d) { return d.sha256.substr(0, 10); }},
    {HashSet::sha256, "SHA256", Kinds::sha256, [](const Digests& d) { return d.sha256; }},
    {HashSet::crc32, "CRC32", Kinds::crc32, [](const Digests& d) { return d.crc32; }},
    {HashSet::blake3, "BLAKE3", Kinds::blake3, [](const Digests& d) { return d.blake3; }},
    {HashSet::autov3, "AutoV3", Kinds::autov3, [](const Digests& d) { return d.autov3.substr(0, 12); }},
}};

// Hex of the same length in which every digit differs.
std::string falsified(std::string hex) {
  for (char& digit : hex) digit = digit == 'f' ? '0' : digit == '9' ? 'a' : static_cast<char>(digit + 1);
  return hex;
}

}  // namespace

Digests HashBook::digests(const Content& content, Kinds kinds) {
  const std::string key = civitai::format("{}/{}", content.key(), static_cast<int>(kinds));
  const auto known = known_.read([&](const auto& table) {
    const auto found = table.find(key);
    return found == table.end() ? Shared{} : found->second;
  });
  if (known.valid()) return known.get();
  std::promise<Digests> promise;
  const auto [future, mine] = known_.with([&](auto& table) {
    const auto found = table.find(key);
    if (found != table.end()) return std::pair(found->second, false);
    return std::pair(table.emplace(key, promise.get_future().share()).first->second, true);
  });
  if (mine) promise.set_value(compute(content, kinds));
  return future.get();
}

std::vector<std::pair<std::string, std::string>> HashBook::published(const File& file) {
  // AutoV3 is defined by the safetensors layout.
  const bool safetensors = file.format == "SafeTensor" || file.layout == Layout::safetensors;
  const auto is_published = [&](const Kind& kind) {
    return has(file.hashes, kind.bit) && (kind.bit != HashSet::autov3 || safetensors);
  };
  Kinds needed = Kinds::none;
  for (const Kind& kind : kinds_in_site_order) {
    if (is_published(kind)) needed = needed | kind.needs;
  }
  std::vector<std::pair<std::string, std::string>> hashes;
  if (needed == Kinds::none) return hashes;
  const Digests computed = digests(file.bytes(), needed);
  for (const Kind& kind : kinds_in_site_order) {
    std::string value = is_published(kind) ? kind.value(computed) : std::string{};
    if (value.empty()) continue;
    if (has(file.wrong_hashes, kind.bit)) value = falsified(std::move(value));
    if (file.hash_case == LetterCase::upper) value = civitai::to_upper(value);
    hashes.emplace_back(kind.name, std::move(value));
  }
  return hashes;
}

}  // namespace standin
