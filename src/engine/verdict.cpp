#include "engine/verdict.hpp"

#include "base/format.hpp"

#include <algorithm>
#include <array>

namespace civitai::engine {
namespace {

// In order of strength. AutoV1 covers 64 KiB in the middle and proves nothing.
constexpr std::array proving_order = {HashKind::sha256, HashKind::blake3, HashKind::autov2, HashKind::autov3,
                                      HashKind::crc32};

hash::Kinds kinds_for(HashKind kind) {
  switch (kind) {
    case HashKind::sha256:
    case HashKind::autov2: return hash::Kinds::sha256;
    case HashKind::blake3: return hash::Kinds::blake3;
    case HashKind::autov3: return hash::Kinds::autov3;
    case HashKind::crc32: return hash::Kinds::crc32;
    case HashKind::autov1: return hash::Kinds::autov1;
  }
  return hash::Kinds::none;
}

Verdict wrong_content(HashKind by, const std::string& promised, const std::string& found) {
  return {Verdict::Kind::wrong_content, by, hash::Kinds::none, format("{} {}", to_string(by), promised),
          format("{} {}", to_string(by), found)};
}

// Judges by one of the two strong hashes, falling back on the other when the first disagrees.
Verdict judge_strong(const Hashes& promised, const Hashes& found) {
  std::optional<Verdict> disagreement;
  hash::Kinds missing = hash::Kinds::none;
  for (const HashKind kind : {HashKind::sha256, HashKind::blake3}) {
    if (!promised.has(kind)) continue;
    if (!found.has(kind)) {
      missing = missing | kinds_for(kind);
    } else if (same_hash(kind, promised.get(kind), found.get(kind))) {
      return {Verdict::Kind::proven, kind};
    } else if (!disagreement) {
      disagreement = wrong_content(kind, promised.get(kind), found.get(kind));
    }
  }
  if (missing != hash::Kinds::none) return {Verdict::Kind::needs_more, HashKind::sha256, missing};
  return *disagreement;
}

// Judges by the first of the weak hashes that is published and defined for this content.
Verdict judge_weak(const Hashes& promised, const Hashes& found, hash::Kinds computed) {
  for (const HashKind kind : {HashKind::autov2, HashKind::autov3, HashKind::crc32}) {
    if (!promised.has(kind)) continue;
    if (found.has(kind)) {
      return same_hash(kind, promised.get(kind), found.get(kind))
                 ? Verdict{Verdict::Kind::proven, kind}
                 : wrong_content(kind, promised.get(kind), found.get(kind));
    }
    if (!hash::has(computed, kinds_for(kind))) return {Verdict::Kind::needs_more, kind, kinds_for(kind)};
  }
  return {};
}

std::optional<HashKind> strongest(const Hashes& hashes) {
  for (const HashKind kind : proving_order) {
    if (hashes.has(kind)) return kind;
  }
  return std::nullopt;
}

// 0 for the strong ones; larger is weaker.
std::ptrdiff_t weakness(const Hashes& hashes) {
  if (hashes.has(HashKind::sha256) || hashes.has(HashKind::blake3)) return 0;
  const auto found =
      std::find_if(proving_order.begin(), proving_order.end(), [&](HashKind kind) { return hashes.has(kind); });
  return found - proving_order.begin();
}

}  // namespace

std::string to_text(const Promise& promise) {
  if (const auto kind = strongest(promise.hashes)) return format("{}:{}", to_string(*kind), promise.hashes.get(*kind));
  return format("length:{}", promise.size.value_or(ByteCount{}).value);
}

bool can_be_proven(const Promise& promise) { return strongest(promise.hashes).has_value(); }

bool is_weaker(const Hashes& a, const Hashes& b) { return weakness(a) > weakness(b); }

hash::Kinds kinds_to_prove(const Hashes& published) {
  if (published.has(HashKind::blake3)) return hash::Kinds::blake3;
  const auto kind = strongest(published);
  return kind ? kinds_for(*kind) | hash::Kinds::sha256 : hash::Kinds::sha256;
}

Verdict judge(const Promise& promise, const hash::Digests& digests, hash::Kinds computed) {
  if (promise.size && promise.size->value != digests.length) {
    return {Verdict::Kind::wrong_length, HashKind::sha256, hash::Kinds::none, format("{} bytes", promise.size->value),
            format("{} bytes", digests.length)};
  }
  const Hashes found = to_hashes(digests);
  const bool strong = promise.hashes.has(HashKind::sha256) || promise.hashes.has(HashKind::blake3);
  return strong ? judge_strong(promise.hashes, found) : judge_weak(promise.hashes, found, computed);
}

Hashes to_hashes(const hash::Digests& digests) {
  Hashes hashes;
  hashes.set(HashKind::sha256, digests.sha256);
  hashes.set(HashKind::blake3, digests.blake3);
  hashes.set(HashKind::crc32, digests.crc32);
  hashes.set(HashKind::autov1, digests.autov1);
  hashes.set(HashKind::autov3, digests.autov3);
  if (digests.sha256.size() == 64) hashes.set(HashKind::autov2, std::string_view(digests.sha256).substr(0, 10));
  return hashes;
}

}  // namespace civitai::engine
