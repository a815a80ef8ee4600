// Settings as the other layers want them. Pure functions.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/rate_schedule.hpp"
#include "config/settings.hpp"
#include "domain/criteria.hpp"

#include <chrono>
#include <filesystem>

namespace civitai::config {

// What `download` looks for. Of a model id and a version id the version goes first, unless the model was named in a
// stronger place: a flag `--model-id` beats a ModelVersionID of the file.
[[nodiscard]] Criteria criteria_from(const Settings& settings);

// What `images` looks for.
[[nodiscard]] ImageQuery image_query_from(const Settings& settings);

[[nodiscard]] std::filesystem::path save_path(const Settings& settings);
// DatabasePath, or civitai_download.db below SavePath.
[[nodiscard]] std::filesystem::path database_path(const Settings& settings);

[[nodiscard]] Milliseconds api_delay(const Settings& settings);
[[nodiscard]] std::chrono::seconds api_timeout(const Settings& settings);

// How much may be received per second, and when; empty: unlimited.
[[nodiscard]] RateSchedule rate_schedule(const Settings& settings);

[[nodiscard]] LogLevel log_level(const Settings& settings);
[[nodiscard]] LogFormat log_format(const Settings& settings);

}  // namespace civitai::config
