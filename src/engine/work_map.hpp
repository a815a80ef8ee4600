// Who fetches which bytes of one file. Pure: no clock, no thread.
//
// Work is handed out in pieces near the front of the file, so that the hash, which goes in order, finds its bytes still
// in the page cache and never falls far behind. When nothing is left to hand out, the largest remaining piece is split.
#pragma once

#include "engine/ranges.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace civitai::engine {

class WorkMap {
 public:
  using Id = std::uint64_t;

  struct Piece {
    Id id = 0;
    std::uint64_t first = 0;
    std::optional<std::uint64_t> end;  // nothing: to the end of the file, wherever that is
  };

  // `length` is nothing until the server says it; then there is only one piece.
  explicit WorkMap(std::optional<std::uint64_t> length) : length_(length) {}

  void set_length(std::uint64_t length) { length_ = length; }
  [[nodiscard]] std::optional<std::uint64_t> length() const { return length_; }

  // Hands out the next piece, of at most `largest` bytes: the first stretch that is neither written nor handed out;
  // else the far half of the largest piece in work, when both halves have at least `smallest` bytes. nullopt: nothing
  // to do.
  [[nodiscard]] std::optional<Piece> take(std::uint64_t largest, std::uint64_t smallest);
  // Bytes have arrived at the front of a piece.
  void wrote(Id id, std::uint64_t count);
  // A piece is over, complete or not; what it did not write is free again.
  void release(Id id);
  // A piece goes to the end of the file after all, whoever else is at work there.
  void extend_to_end(Id id);
  // Where a piece ends by now (it may have been split).
  [[nodiscard]] std::optional<std::uint64_t> end_of(Id id) const;
  [[nodiscard]] std::uint64_t position_of(Id id) const;

  [[nodiscard]] const RangeSet& written() const { return written_; }
  // Forgets what was written and who works on what.
  void start_over(RangeSet written, std::optional<std::uint64_t> length);
  [[nodiscard]] std::uint64_t front() const { return written_.run_from(0); }
  [[nodiscard]] bool complete() const { return length_ && front() >= *length_; }

 private:
  struct Work {
    std::uint64_t position = 0;
    std::optional<std::uint64_t> end;
  };
  [[nodiscard]] RangeSet occupied() const;
  [[nodiscard]] std::optional<Piece> split(std::uint64_t smallest);
  [[nodiscard]] Piece add(std::uint64_t first, std::optional<std::uint64_t> end);

  std::optional<std::uint64_t> length_;
  RangeSet written_;
  std::map<Id, Work> pieces_;
  Id last_id_ = 0;
};

}  // namespace civitai::engine
