// Progress of reading and hashing files: one live line, a plain one every few seconds where there is no terminal,
// nothing when quiet. Safe to tell from several threads.
#pragma once

#include "base/guarded.hpp"
#include "cli/progress.hpp"
#include "cli/screen.hpp"

#include <string>
#include <thread>

namespace civitai::cli {

class HashingProgress {
 public:
  struct Job {
    std::string noun;       // "torrent"
    std::size_t count = 1;  // how many of them
    ByteCount total;        // bytes to read, as far as known
  };

  HashingProgress(Screen& screen, const Clock& clock, Loudness loudness, Job job);
  ~HashingProgress();

  void start(std::string name);
  void add(ByteCount bytes);
  void finish();

 private:
  struct State {
    std::string name;  // what was started last
    std::size_t done = 0;
    ByteCount here;
    ByteCount at_last_look;
    double speed = 0;
    SteadyTime last_look;
  };

  void draw();
  [[nodiscard]] std::string line_of(const State& state) const;

  Screen& screen_;
  const Clock& clock_;
  Job job_;
  Guarded<State> state_;
  std::jthread thread_;
};

}  // namespace civitai::cli
