#include "engine/connection_policy.hpp"

#include <algorithm>
#include <utility>

namespace civitai::engine {
namespace {

// One more connection for a file needs at least this much work for each.
constexpr std::uint64_t worth_a_connection = 1ULL << 20;
constexpr Milliseconds ramp_step{5};
// A connection that brings this much per second gains nothing from company.
constexpr double plainly_fast = 150e6;
// It is looked at for so long at a time, and believed after so long without a break.
constexpr Milliseconds fast_look{20};
constexpr Milliseconds convincing{400};
constexpr Milliseconds settling{500};  // after a change, before it is measured
constexpr Milliseconds glance{500};    // what is plain after so long need not be measured longer
constexpr Milliseconds measuring{2'500};
constexpr Milliseconds shortest_rest{30'000};
constexpr Milliseconds longest_rest{600'000};
// Fewer connections must keep this share of the rate; more must bring that much more.
constexpr double as_good = 0.95;
constexpr double better = 1.10;
// Beyond these there is nothing to wonder about.
constexpr double plainly_worse = 0.80;
constexpr double plainly_better = 1.50;

double per_second(std::uint64_t bytes, SteadyTime from, SteadyTime to) {
  const double seconds = std::chrono::duration<double>(to - from).count();
  return seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
}

}  // namespace

ConnectionPolicy::ConnectionPolicy(int most, std::uint64_t length, SteadyTime now)
    : due_(now + ramp_step), rest_(shortest_rest) {
  const auto sensible = std::max<std::uint64_t>(1, length / worth_a_connection);
  most_ = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max(most, 1)), sensible));
}

int ConnectionPolicy::wanted(std::uint64_t received, SteadyTime now) {
  if (received > 0 && !look_) {
    look_ = Mark{now, received};
    if (phase_ == Phase::ramp) due_ = now + ramp_step;
  }
  if (most_ == 1 || now < due_) return wanted_;
  switch (phase_) {
    case Phase::ramp: ramp({now, received}); break;
    case Phase::rest: enter(Phase::baseline, wanted_, now); break;
    default: measure({now, received}); break;
  }
  return wanted_;
}

Milliseconds ConnectionPolicy::next_look(SteadyTime now) const {
  if (most_ == 1) return shortest_rest;
  return std::max(Milliseconds{1}, std::chrono::ceil<Milliseconds>(due_ - now));
}

void ConnectionPolicy::ramp(Mark now) {
  if (look_) {
    const Mark before = *std::exchange(look_, now);
    const double each = per_second(now.received - before.received, before.time, now.time) / wanted_;
    if (each >= plainly_fast) {
      if (!fast_since_) fast_since_ = before.time;
      if (now.time - *fast_since_ >= convincing) return enter(Phase::rest, wanted_, now.time);
      due_ = now.time + fast_look;
      return;
    }
    fast_since_.reset();
    if (wanted_ == most_) return enter(Phase::baseline, wanted_, now.time);
  }
  wanted_ = std::min(wanted_ * 2, most_);
  due_ = now.time + ramp_step;
}

void ConnectionPolicy::measure(Mark now) {
  if (!window_) {
    window_ = now;
    due_ = now.time + (phase_ == Phase::baseline ? measuring : glance);
    return;
  }
  const double rate = per_second(now.received - window_->received, window_->time, now.time);
  if (phase_ == Phase::baseline) {
    baseline_rate_ = rate;
    baseline_wanted_ = wanted_;
    return start_experiment(now.time);
  }
  const bool plain =
      phase_ == Phase::try_fewer ? rate < baseline_rate_ * plainly_worse : rate > baseline_rate_ * plainly_better;
  if (plain || now.time - window_->time >= measuring) return end_experiment(rate, now.time);
  due_ = now.time + glance;
}

void ConnectionPolicy::start_experiment(SteadyTime now) {
  const bool fewer = wanted_ == most_ || (fewer_next_ && wanted_ > 1);
  enter(fewer ? Phase::try_fewer : Phase::try_more, fewer ? wanted_ / 2 : std::min(wanted_ * 2, most_), now);
}

// Keeps what an experiment has brought, or goes back.
void ConnectionPolicy::end_experiment(double rate, SteadyTime now) {
  const bool tried_fewer = phase_ == Phase::try_fewer;
  const bool pays = rate >= baseline_rate_ * (tried_fewer ? as_good : better);
  // The next experiment goes the same way after a success, the other way after a failure.
  fewer_next_ = tried_fewer == pays;
  if (pays) {
    rest_ = shortest_rest;
    return enter(Phase::baseline, wanted_, now);
  }
  enter(Phase::rest, baseline_wanted_, now);
  rest_ = std::min(rest_ * 2, longest_rest);
}

void ConnectionPolicy::enter(Phase phase, int connections, SteadyTime now) {
  phase_ = phase;
  wanted_ = std::max(1, connections);
  due_ = now + (phase == Phase::rest ? rest_ : settling);
  window_.reset();
}

}  // namespace civitai::engine
