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
                    .segment = std::move(segment)});
}

std::vector<Crew::Left> Crew::take_leavers() {
  std::vector<Left> leavers;
  auto ended = arrivals_.read([](const Arrivals& arrivals) { return arrivals.ended; });
  for (auto& [piece, end] : ended) {
    const auto hand = std::find_if(hands_.begin(), hands_.end(), [&](const Hand& h) { return h.piece.id == piece; });
    if (hand == hands_.end()) continue;
    const std::uint64_t position =
        arrivals_.read([&](const Arrivals& arrivals) { return arrivals.work.position_of(hand->piece.id); });
    leavers.push_back({std::move(end), hand->link, position - hand->piece.first});
    dismiss(hand);
  }
  return leavers;
}

void Crew::dismiss(Hands::iterator hand) {
  const WorkMap::Id piece = hand->piece.id;
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

int Crew::dismiss_slow(SteadyTime now, Milliseconds window) {
  if (window.count() <= 0 || now - last_look_ < window) return 0;
  const double seconds = std::chrono::duration<double>(now - last_look_).count();
  last_look_ = now;
  std::vector<std::pair<WorkMap::Id, double>> rates;
  double sum = 0;
  for (Hand& hand : hands_) {
    const std::uint64_t position =
        arrivals_.read([&](const Arrivals& arrivals) { return arrivals.work.position_of(hand.piece.id); });
    const double rate = static_cast<double>(position - std::exchange(hand.seen, position)) / seconds;
    sum += rate;
    // Who waits for his first byte waits perhaps for a connection: the client knows when that is too long.
    const bool receives = position > hand.piece.first;
    if (!std::exchange(hand.is_new, !receives)) rates.emplace_back(hand.piece.id, rate);
  }
  const auto others = static_cast<double>(std::max<std::size_t>(hands_.size(), 2) - 1);
  int dismissed = 0;
  for (const auto& [piece, rate] : rates) {
    const bool slow = rate < next_to_nothing || rate * too_slow < (sum - rate) / others;
    if (!slow) continue;
    dismiss(std::find_if(hands_.begin(), hands_.end(), [&](const Hand& hand) { return hand.piece.id == piece; }));
    ++dismissed;
  }
  return dismissed;
}

}  // namespace civitai::engine
