#include "engine/crew.hpp"

#include <algorithm>
#include <utility>

namespace civitai::engine {
namespace {

// Less than this per second is as good as silence.
constexpr double next_to_nothing = 100;
// A connection so many times slower than the others are on average holds the file up.
constexpr double too_slow = 8;

}  // namespace

void Crew::hire(Segment::Wanted wanted, net::Request request, std::uint64_t link, ConnectionBudget::Lease lease) {
  if (hands_.empty()) last_look_ = tools_.clock.steady_now();
  auto segment = std::make_unique<Segment>(file_, arrivals_, wanted, tools_.clock);
  segment->start(tools_.http, std::move(request));
  hands_.push_back({.piece = wanted.piece,
                    .link = link,
                    .lease = std::move(lease),
                    .seen = wanted.piece.first,
                    .hired = tools_.clock.steady_now(),
                    .segment = std::move(segment)});
}

std::vector<Crew::Left> Crew::take_leavers() {
  std::vector<Left> leavers;
  auto ended = arrivals_.read([](const Arrivals& arrivals) { return arrivals.ended; });
  for (auto& [piece, end] : ended) {
    const auto hand = std::find_if(hands_.begin(), hands_.end(), [&](const Hand& h) { return h.piece.id == piece; });
    if (hand == hands_.end()) continue;
    leavers.push_back({std::move(end), hand->link, position_of(*hand) - hand->piece.first});
    dismiss(hand);
  }
  return leavers;
}

Status Crew::write_what_waits() {
  const SteadyTime now = tools_.clock.steady_now();
  for (const Hand& hand : hands_) {
    if (auto status = hand.segment->write_what_waits(now); !status) return status;
  }
  return {};
}

void Crew::dismiss(Hands::iterator hand) {
  const WorkMap::Id piece = hand->piece.id;
  brought_ += static_cast<double>(position_of(*hand) - hand->piece.first);
  seconds_ += std::chrono::duration<double>(tools_.clock.steady_now() - hand->hired).count();
  hands_.erase(hand);  // its callbacks are over now
  arrivals_.with([&](Arrivals& arrivals) {
    arrivals.work.release(piece);
    std::erase_if(arrivals.ended, [&](const Arrivals::Ended& one) { return one.piece == piece; });
  });
}

void Crew::dismiss_farthest() {
  const auto farthest = std::max_element(hands_.begin(), hands_.end(),
                                         [](const Hand& a, const Hand& b) { return a.piece.first < b.piece.first; });
  if (farthest != hands_.end()) dismiss(farthest);
}

void Crew::dismiss_all() {
  while (!hands_.empty()) dismiss(std::prev(hands_.end()));
}

std::uint64_t Crew::position_of(const Hand& hand) const {
  return arrivals_.read([&](const Arrivals& arrivals) { return arrivals.work.position_of(hand.piece.id); });
}

// Of one connection, in bytes per second, since the transfer began.
double Crew::usual_rate() const {
  double brought = brought_;
  double seconds = seconds_;
  for (const Hand& hand : hands_) {
    brought += static_cast<double>(position_of(hand) - hand.piece.first);
    seconds += std::chrono::duration<double>(tools_.clock.steady_now() - hand.hired).count();
  }
  return seconds > 0 ? brought / seconds : 0;
}

int Crew::dismiss_slow(SteadyTime now, Milliseconds window) {
  if (window.count() <= 0 || now - last_look_ < window) return 0;
  const double seconds = std::chrono::duration<double>(now - last_look_).count();
  last_look_ = now;
  std::vector<std::pair<WorkMap::Id, double>> rates;
  double sum = 0;
  for (Hand& hand : hands_) {
    const std::uint64_t position = position_of(hand);
    const double rate = static_cast<double>(position - std::exchange(hand.seen, position)) / seconds;
    sum += rate;
    // Who waits for his first byte waits perhaps for a connection: the client knows when that is too long.
    const bool receives = position > hand.piece.first;
    if (!std::exchange(hand.is_new, !receives)) rates.emplace_back(hand.piece.id, rate);
  }
  const auto others = static_cast<double>(hands_.size()) - 1;
  int dismissed = 0;
  for (const auto& [piece, rate] : rates) {
    const bool slow = rate < next_to_nothing || rate * too_slow < (others > 0 ? (sum - rate) / others : usual_rate());
    if (!slow) continue;
    dismiss(std::find_if(hands_.begin(), hands_.end(), [&](const Hand& hand) { return hand.piece.id == piece; }));
    ++dismissed;
  }
  return dismissed;
}

}  // namespace civitai::engine
