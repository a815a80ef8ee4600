#include "cli/screen.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "term/terminal.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace civitai::cli {
namespace {

// 0 or the number of the system's error.
int write_to(std::FILE* stream, std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  return std::fflush(stream) == 0 && whole ? 0 : errno;
}

term::Live live_mode() {
  const char* kind = ::getenv("TERM");
  const bool dumb = kind == nullptr || std::string_view(kind) == "dumb";
  return term::is_terminal(STDERR_FILENO) && !dumb ? term::Live::on : term::Live::off;
}

}  // namespace

void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const bool missing = ::fcntl(stream, F_GETFD) == -1 && errno == EBADF;
    // The lowest free number is the one that is missing.
    if (missing) ::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

Screen::Screen() : live_(live_mode(), [](std::string_view text) { write_to(stderr, text); }) {}

void Screen::data(std::string_view text) {
  const int trouble = write_to(stdout, text);
  if (trouble != 0 && trouble != EPIPE) lost_data_ = system_error(trouble, "cannot write to standard output");
}

void Screen::talk(std::string_view text) { live_.print(text); }

void Screen::error(const Error& error) {
  const bool news = !error.hint.empty() &&
                    told_hints_.with([&](std::set<std::string>& told) { return told.insert(error.hint).second; });
  const std::string hint = news ? format("hint: {}\n", printable(error.hint)) : "";
  talk(format("error: {}\n{}", printable(error.message), hint));
}

std::size_t Screen::data_columns() const {
  return term::is_terminal(STDOUT_FILENO) ? term::terminal_columns(STDOUT_FILENO) : 0;
}

std::size_t Screen::talk_columns() const {
  return term::is_terminal(STDERR_FILENO) ? term::terminal_columns(STDERR_FILENO) : 0;
}

}  // namespace civitai::cli
