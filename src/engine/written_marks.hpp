// What of a partial file is written, told to its journal every few milliseconds without a flush.
//
// The journal's claims wait for a flush, which takes as long as the disk wants; a program that is killed before would
// lose all that came since the last one. But what a killed program has written, the kernel still has, and anybody who
// opens the file reads it: only when the machine itself goes down is it lost. So marks are believed while the machine
// has not been started anew (os/mount.hpp), and where bytes lie with another machine none are made.
//
// That is right because
//   * a mark is written after the bytes it tells of, into the same page cache: whoever can read the mark can read them;
//   * two places are written in turn, each line with its own checksum: killed in the middle of one, the other holds;
//   * the flushed claims in front of them are not touched: marks add to what is kept and never take from it;
//   * the next flush of the file covers these bytes too, whichever process wrote them;
//   * they are made only for a file whose hash was promised: the whole is proven at the end, as always.
//
// A mark costs a few microseconds, at most every `interval`, on the thread that writes. Trouble with one is no trouble
// of the file's: there are no further marks until the journal is replaced. Safe to use from several threads.
#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "engine/journal.hpp"
#include "os/file.hpp"

#include <optional>
#include <string>
#include <utility>

namespace civitai::engine {

class WrittenMarks {
 public:
  static constexpr Milliseconds interval{5};

  // Of the journal at `path`. Both must outlive it.
  WrittenMarks(os::FileSystem& files, const Clock& clock, os::Path path)
      : files_(files), clock_(clock), path_(std::move(path)) {}

  // The journal's claims are `end` bytes long; 0: there is no journal yet, and the first mark makes one that speaks of
  // the file as `journal` does. `written` is here already.
  void begin(Journal journal, std::size_t end, RangeSet written);
  // These bytes have been written.
  void wrote(Range range);
  // A line for a journal that is about to claim `claimed`; empty when there is no more to tell.
  [[nodiscard]] std::string beyond(const RangeSet& claimed) const;
  // The journal was replaced by one with these claims, `end` bytes long, and perhaps the line of `beyond`.
  void follow(const Journal& journal, std::size_t end);

 private:
  struct State {
    Journal journal = {};
    std::size_t end = 0;
    RangeSet written = {};
    std::optional<std::string> lifetime = {};  // not looked up before the first mark; empty: no marks here
    std::optional<SteadyTime> last = {};
    os::FileHandle handle = {};
    bool second_place = false;  // where the next mark goes
    bool failed = false;
  };
  void mark(State& state) const;
  [[nodiscard]] Status write(State& state) const;

  os::FileSystem& files_;
  const Clock& clock_;
  os::Path path_;
  Guarded<State> state_;
};

}  // namespace civitai::engine
