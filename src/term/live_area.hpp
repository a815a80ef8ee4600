// Lines at the bottom of a terminal that are redrawn in place, while whole lines can be printed above them.
//
// Everything goes through one function that writes to the terminal in a single piece, so that nothing tears. Safe to
// use from several threads. Where the output is no terminal the area shows nothing and `print` passes lines through.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace civitai::term {

enum class Live { off, on };

class LiveArea {
 public:
  using Write = std::function<void(std::string_view)>;

  LiveArea(Live live, Write write) : live_(live), write_(std::move(write)) {}
  ~LiveArea() { clear(); }
  LiveArea(const LiveArea&) = delete;
  LiveArea& operator=(const LiveArea&) = delete;

  [[nodiscard]] bool is_live() const { return live_ == Live::on; }
  // Replaces the area's lines, each cut to `width` columns.
  void show(const std::vector<std::string>& lines, std::size_t width);
  // Takes the area off the screen.
  void clear();
  // Prints text (whole lines, with newlines) above the area.
  void print(std::string_view text);

 private:
  [[nodiscard]] std::string erase_sequence() const;

  Live live_;
  Write write_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace civitai::term
