#include "term/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace civitai::term {
namespace {

winsize size_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
  return size;
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

std::size_t terminal_columns(int descriptor) {
  const std::size_t columns = size_of(descriptor).ws_col;
  return columns > 0 ? columns : 80;
}

std::size_t terminal_rows(int descriptor) {
  const std::size_t rows = size_of(descriptor).ws_row;
  return rows > 0 ? rows : 24;
}

}  // namespace civitai::term
