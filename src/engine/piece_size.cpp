#include "engine/piece_size.hpp"

#include <algorithm>
#include <cmath>

namespace civitai::engine {
namespace {

// Bytes per second of one core: SHA-256, the slowest that is ever waited for.
constexpr double hash_rate = 1.6e9;
// Nearer servers are as good as here: then it is our own side that makes the pause.
constexpr std::chrono::duration<double> least_latency{0.004};

// Until there is reason to expect a longer one.
constexpr Milliseconds likely_latency{20};

}  // namespace

std::uint64_t piece_size(std::uint64_t rest, int connections, SteadyTime::duration latency) {
  const double hashing = static_cast<double>(rest) / hash_rate;
  const double pause = std::max(least_latency, std::chrono::duration<double>(latency)).count();
  const double rounds = std::max(1.0, std::sqrt(hashing / pause));
  const auto share = static_cast<std::uint64_t>(static_cast<double>(rest) / (std::max(connections, 1) * rounds));
  return std::clamp(share / smallest_piece * smallest_piece, smallest_piece, largest_piece);
}

SteadyTime::duration latency_after(SteadyTime::duration silence) {
  return std::max<SteadyTime::duration>(4 * silence, likely_latency);
}

}  // namespace civitai::engine
