// The connections that are at work on one file: who has which piece, over which link, at what speed.
//
// Belongs to the transfer's thread; destroying it ends all of them.
#pragma once

#include "engine/connection_budget.hpp"
#include "engine/segment.hpp"
#include "engine/tools.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace civitai::engine {

class Crew {
 public:
  // Everything must outlive it.
  Crew(const PartialFile& file, Guarded<Arrivals>& arrivals, const Tools& tools)
      : file_(file), arrivals_(arrivals), tools_(tools) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { dismiss_all(); }

  [[nodiscard]] int size() const { return static_cast<int>(hands_.size()); }
  // Starts on a piece of the work map. `link`: the generation of the link that the request is for.
  void hire(Segment::Wanted wanted, net::Request request, std::uint64_t link, ConnectionBudget::Lease lease);

  struct Left {
    SegmentEnd end;
    std::uint64_t link = 0;
    std::uint64_t brought = 0;  // bytes
  };
  // Those who have ended since; what they did not fetch is free again.
  [[nodiscard]] std::vector<Left> take_leavers();

  // What the silent ones among them have received; trouble is the disk's.
  [[nodiscard]] Status write_what_waits();

  // Ends the one that works farthest behind the front.
  void dismiss_farthest();
  void dismiss_all();
  // Looks every `window` of time: ends those that brought next to nothing in it, or far less than the others, or than
  // is usual where there are no others. How many.
  int dismiss_slow(SteadyTime now, Milliseconds window);

 private:
  struct Hand {
    WorkMap::Piece piece;
    std::uint64_t link = 0;
    ConnectionBudget::Lease lease;
    std::uint64_t seen = 0;  // its position at the last look
    SteadyTime hired;
    bool is_new = true;  // not receiving yet at the last look
    std::unique_ptr<Segment> segment;
  };
  using Hands = std::vector<Hand>;
  void dismiss(Hands::iterator hand);
  [[nodiscard]] std::uint64_t position_of(const Hand& hand) const;
  [[nodiscard]] double usual_rate() const;

  const PartialFile& file_;
  Guarded<Arrivals>& arrivals_;
  const Tools& tools_;
  Hands hands_;
  SteadyTime last_look_{};
  // Of those who left.
  double brought_ = 0;  // bytes
  double seconds_ = 0;
};

}  // namespace civitai::engine
