#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <utility>

namespace civitai {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::off;
}

LogLevel from_spdlog(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return LogLevel::debug;
  if (level == spdlog::level::info) return LogLevel::info;
  return level == spdlog::level::warn ? LogLevel::warn : LogLevel::error;
}

std::string json_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warning";
    default: return "error";
  }
}

class CallbackSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  CallbackSink(LogFormat line_format, Log::LineSink line_sink)
      : line_format_(line_format), sink_(std::move(line_sink)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const LogLevel level = from_spdlog(message.level);
    const std::string text = printable({message.payload.data(), message.payload.size()});
    if (line_format_ == LogFormat::text) {
      sink_(level, level == LogLevel::info ? text : format("{}: {}", level_name(level), text));
      return;
    }
    const auto time = std::chrono::time_point_cast<std::chrono::milliseconds>(message.time);
    sink_(level,
          format(R"({{"time":"{}","level":"{}","msg":{}}})", to_iso8601(time), level_name(level), json_quoted(text)));
  }
  void flush_() override {}

 private:
  LogFormat line_format_;
  Log::LineSink sink_;
};

}  // namespace

class Log::Implementation {
 public:
  Implementation(LogLevel level, LogFormat line_format, LineSink sink)
      : logger("civitai-downloader", std::make_shared<CallbackSink>(line_format, std::move(sink))) {
    logger.set_level(to_spdlog(level));
  }
  spdlog::logger logger;
};

Log::Log(LogLevel level, LogFormat line_format, LineSink sink)
    : implementation_(std::make_unique<Implementation>(level, line_format, std::move(sink))) {}

Log::~Log() = default;

bool Log::enabled(LogLevel level) const { return implementation_->logger.should_log(to_spdlog(level)); }

void Log::write(LogLevel level, std::string_view message) {
  implementation_->logger.log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace civitai
