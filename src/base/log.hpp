// The logging front: levels, text or JSON lines, one sink.
//
// A Log writes whole lines to the function it was made with (the terminal prints them above its live area; tests
// collect them). Messages are cleaned of control characters. Safe to use from several threads; lines never interleave.
// Whoever logs takes a Log& : there is no global logger.
#pragma once

#include "base/format.hpp"
#include "base/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace civitai {

enum class LogLevel { debug, info, warn, error, off };
enum class LogFormat { text, json };

class Log {
 public:
  // Receives one finished line without its newline. Called by one thread at a time.
  using LineSink = std::function<void(LogLevel, std::string_view)>;

  Log(LogLevel level, LogFormat line_format, LineSink sink);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] bool enabled(LogLevel level) const;
  void write(LogLevel level, std::string_view message);

  template <class... Args>
  void debug(format_string<Args...> text, Args&&... args) {
    if (enabled(LogLevel::debug)) write(LogLevel::debug, format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void info(format_string<Args...> text, Args&&... args) {
    if (enabled(LogLevel::info)) write(LogLevel::info, format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warn(format_string<Args...> text, Args&&... args) {
    if (enabled(LogLevel::warn)) write(LogLevel::warn, format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void error(format_string<Args...> text, Args&&... args) {
    if (enabled(LogLevel::error)) write(LogLevel::error, format(text, std::forward<Args>(args)...));
  }

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace civitai
