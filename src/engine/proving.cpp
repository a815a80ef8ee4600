#include "engine/proving.hpp"

#include "base/format.hpp"

#include <utility>

namespace civitai::engine {

Result<Proven> prove(const Promise& promise, hash::Digests digests, hash::Kinds computed, const Digest& more) {
  while (true) {
    const Verdict verdict = judge(promise, digests, computed);
    switch (verdict.kind) {
      case Verdict::Kind::proven: return Proven{verdict.by, false, ByteCount{digests.length}, to_hashes(digests)};
      case Verdict::Kind::unproven: return Proven{{}, true, ByteCount{digests.length}, to_hashes(digests)};
      case Verdict::Kind::wrong_length:
      case Verdict::Kind::wrong_content:
        return fail(ErrorKind::verification,
                    format("wrong content: promised {}, found {}", verdict.promised, verdict.found));
      case Verdict::Kind::needs_more: {
        computed = computed | verdict.more;
        auto again = more(computed);
        if (!again) return fail(again.error());
        digests = std::move(*again);
      }
    }
  }
}

store::Proof proof_of(const Proven& proven) {
  if (proven.by_length) return {"length", ""};
  return {std::string(to_string(proven.by)), proven.computed.get(proven.by)};
}

}  // namespace civitai::engine
