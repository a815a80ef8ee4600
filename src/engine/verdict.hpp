// The verdict on bytes: are they what the site promised? Pure.
//
// The strongest hash decides: SHA256 and BLAKE3 (either proves; when one disagrees the other is computed before
// judging), the weaker ones only when neither is known, nothing but the length when no hash is published. The length is
// always checked.
#pragma once

#include "base/bytes.hpp"
#include "domain/hashes.hpp"
#include "hash/hasher.hpp"

#include <optional>
#include <string>

namespace civitai::engine {

// What the site says about a file's content.
struct Promise {
  std::optional<ByteCount> size;
  Hashes hashes;

  friend bool operator==(const Promise&, const Promise&) = default;
};

// One line that identifies the promised content: the strongest hash, else the length.
[[nodiscard]] std::string to_text(const Promise& promise);

// Whether a hash is published that decides over the content.
[[nodiscard]] bool can_be_proven(const Promise& promise);

// Whether the strongest hash of `a` proves less than that of `b`. SHA256 and BLAKE3 are equals.
[[nodiscard]] bool is_weaker(const Hashes& a, const Hashes& b);

// Which digests to compute while the bytes arrive: the cheapest that can prove them. SHA256 too where nothing strong is
// published: for the record, so that later changes are noticed.
[[nodiscard]] hash::Kinds kinds_to_prove(const Hashes& published);

struct Verdict {
  enum class Kind {
    proven,      // `by` matches
    unproven,    // the length is right (or unknown) and no hash is published
    needs_more,  // compute `more` and judge again
    wrong_length,
    wrong_content,
  };
  Kind kind = Kind::unproven;
  HashKind by = HashKind::sha256;  // for proven and wrong_content
  hash::Kinds more = hash::Kinds::none;
  std::string promised = {};  // for the wrong ones, as told to a person
  std::string found = {};
};

// `computed` is what the digests were asked for: a kind in it without a value is not defined for this content.
[[nodiscard]] Verdict judge(const Promise& promise, const hash::Digests& digests, hash::Kinds computed);

// The computed digests as the domain's hashes.
[[nodiscard]] Hashes to_hashes(const hash::Digests& digests);

}  // namespace civitai::engine
