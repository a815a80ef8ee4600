// The program's two outputs: data goes to standard output, talk and progress to standard error.
//
// Safe to use from several threads. Broken pipes are ignored: whoever stops reading has read enough. Data that could
// not be written for another reason is told by `lost_data`.
#pragma once

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "term/live_area.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace civitai::cli {

// Quiet: no talk and no progress, but troubles.
enum class Loudness { quiet, normal };

// Opens what is missing of the three standard streams, so that no file or connection gets its number and then what is
// meant for a person. To be called before anything is opened; writing data to a stream that was missing fails.
void occupy_standard_streams();

class Screen {
 public:
  Screen();

  // Standard output, as it is.
  void data(std::string_view text);
  // Whole lines on standard error, above the live area.
  void talk(std::string_view text);
  // "error: …" and "hint: …"; a hint that was told before is not repeated.
  void error(const Error& error);

  // Why standard output did not take all data.
  [[nodiscard]] const std::optional<Error>& lost_data() const { return lost_data_; }

  [[nodiscard]] term::LiveArea& live() { return live_; }
  // Columns for tables: of the terminal, or unlimited (0) when the output is none.
  [[nodiscard]] std::size_t data_columns() const;
  [[nodiscard]] std::size_t talk_columns() const;

 private:
  term::LiveArea live_;
  Guarded<std::set<std::string>> told_hints_;
  std::optional<Error> lost_data_;  // only the main thread writes data
};

}  // namespace civitai::cli
