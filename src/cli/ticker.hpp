// One line that tells how far a piece of work is: redrawn in place on a terminal, written now and then where there is
// none, and not at all when quiet. For one thread.
#pragma once

#include "cli/program.hpp"

#include <string>

namespace civitai::cli {

class Ticker {
 public:
  explicit Ticker(const Program& program);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  // Shows the line that `text()` gives, unless one was shown a moment ago.
  template <class Text>
  void tick(Text&& text) {
    if (is_due()) show(text());
  }

 private:
  [[nodiscard]] bool is_due();
  void show(const std::string& line);

  const Program& program_;
  SteadyTime last_;
};

}  // namespace civitai::cli
