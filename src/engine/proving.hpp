// Proving that bytes on disk are what the site promised, whatever it takes to compute.
#pragma once

#include "engine/tools.hpp"
#include "engine/verdict.hpp"
#include "store/library.hpp"

#include <functional>

namespace civitai::engine {

struct Proven {
  HashKind by = HashKind::sha256;
  bool by_length = false;  // no hash is published
  ByteCount size;
  Hashes computed;
};

// Computes digests of the bytes in question.
using Digest = std::function<Result<hash::Digests>(hash::Kinds)>;

// Judges `digests`; where they do not suffice, `more` is asked for all that are needed. Error of kind verification when
// the bytes are not what was promised.
[[nodiscard]] Result<Proven> prove(const Promise& promise, hash::Digests digests, hash::Kinds computed,
                                   const Digest& more);

// How the library names it: "SHA256", …, or "length".
[[nodiscard]] store::Proof proof_of(const Proven& proven);

}  // namespace civitai::engine
