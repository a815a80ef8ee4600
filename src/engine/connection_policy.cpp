#include "engine/connection_policy.hpp"

#include <algorithm>

namespace civitai::engine {
namespace {

// One more connection for a file needs at least this much work for each.
constexpr std::uint64_t worth_a_connection = 1ULL << 20;
constexpr Milliseconds ramp_step{8};
// A connection that brings this much per second gains nothing from company.
constexpr double plainly_fast = 150e6;
constexpr Milliseconds settling{500};  // after a change, before it is measured
constexpr Milliseconds measuring{2'500};
constexpr Milliseconds resting{30'000};
// Fewer connections must keep this share of the rate; more must bring that much more.
constexpr double as_good = 0.95;
constexpr double better = 1.10;

double per_second(std::uint64_t bytes, SteadyTime from, SteadyTime to) {
  const double seconds = std::chrono::duration<double>(to - from).count();
  return seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
}

}  // namespace

ConnectionPolicy::ConnectionPolicy(int most, std::uint64_t length, SteadyTime now)
    : started_(now), due_(now + ramp_step) {
  const auto sensible = std::max<std::uint64_t>(1, length / worth_a_connection);
  most_ = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max(most, 1)), sensible));
}

int ConnectionPolicy::wanted(std::uint64_t received, SteadyTime now) {
  if (most_ == 1 || now < due_) return wanted_;
  if (phase_ == Phase::ramp) {
    ramp(received, now);
  } else if (phase_ == Phase::rest) {
    enter(Phase::baseline, wanted_, now);
  } else if (!counting_) {
    counting_ = true;
    window_start_ = now;
    window_received_ = received;
    due_ = now + measuring;
  } else {
    judge(per_second(received - window_received_, window_start_, now), now);
  }
  return wanted_;
}

Milliseconds ConnectionPolicy::next_look(SteadyTime now) const {
  if (most_ == 1) return resting;
  return std::max(Milliseconds{1}, std::chrono::ceil<Milliseconds>(due_ - now));
}

void ConnectionPolicy::ramp(std::uint64_t received, SteadyTime now) {
  const double each = per_second(received, started_, now) / wanted_;
  if (each >= plainly_fast) return enter(Phase::rest, wanted_, now);
  if (wanted_ == most_) return enter(Phase::baseline, wanted_, now);
  wanted_ = std::min(wanted_ * 2, most_);
  due_ = now + ramp_step;
}

// The end of a measurement: start an experiment, or keep what one has brought, or go back.
void ConnectionPolicy::judge(double rate, SteadyTime now) {
  if (phase_ == Phase::baseline) {
    baseline_rate_ = rate;
    baseline_wanted_ = wanted_;
    const bool fewer = wanted_ == most_ || (fewer_next_ && wanted_ > 1);
    return enter(fewer ? Phase::try_fewer : Phase::try_more, fewer ? wanted_ / 2 : std::min(wanted_ * 2, most_), now);
  }
  const bool tried_fewer = phase_ == Phase::try_fewer;
  const bool pays = rate >= baseline_rate_ * (tried_fewer ? as_good : better);
  // The next experiment goes the same way after a success, the other way after a failure.
  fewer_next_ = tried_fewer == pays;
  enter(pays ? Phase::baseline : Phase::rest, pays ? wanted_ : baseline_wanted_, now);
}

void ConnectionPolicy::enter(Phase phase, int connections, SteadyTime now) {
  phase_ = phase;
  wanted_ = std::max(1, connections);
  due_ = now + (phase == Phase::rest ? resting : settling);
  counting_ = false;
}

}  // namespace civitai::engine
