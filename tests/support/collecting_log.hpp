// A log that keeps its lines.
#pragma once

#include "base/guarded.hpp"
#include "base/log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace civitai::test {

class CollectingLog {
 public:
  [[nodiscard]] Log& log() { return log_; }
  [[nodiscard]] std::vector<std::string> lines() const {
    return lines_.read([](const std::vector<std::string>& lines) { return lines; });
  }

 private:
  Guarded<std::vector<std::string>> lines_;
  Log log_{LogLevel::debug, LogFormat::text, [this](LogLevel, std::string_view line) {
             lines_.with([&](std::vector<std::string>& lines) { lines.emplace_back(line); });
           }};
};

}  // namespace civitai::test
