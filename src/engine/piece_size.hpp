// How much of a file one request asks for while several connections may be at work. Pure.
//
// Large pieces cost the end: what lies behind the hash front when the last byte arrives is hashed alone, with the line
// idle. Small pieces cost a pause of one round trip each. In n rounds over all connections the pauses are n latencies
// and the rest at the end is an n-th of the hashing, so their sum is least where n is the root of hashing time over
// latency. The pieces are taken from what is left, so they get smaller, and all connections finish together.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace civitai::engine {

// Not worth a request of its own below that.
inline constexpr std::uint64_t smallest_piece = 1ULL << 20;
// What arrives out of order is still in the page cache when its turn comes.
inline constexpr std::uint64_t largest_piece = 64ULL << 20;

// `rest`: bytes that are still to come; `latency`: from a request to its answer.
[[nodiscard]] std::uint64_t piece_size(std::uint64_t rest, int connections, SteadyTime::duration latency);

// What to expect of a server that has not answered for so long: it may be much farther away than that.
[[nodiscard]] SteadyTime::duration latency_after(SteadyTime::duration silence);

}  // namespace civitai::engine
