// Points in time as text, and durations for people.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace civitai {

// Reads ISO 8601 as the site writes it: "2026-06-02T09:00:00.331Z", with or without fraction (any number of digits),
// with 'Z', an offset or nothing (then UTC), 'T' or a blank between date and time, or a date alone.
[[nodiscard]] std::optional<SystemTime> parse_iso8601(std::string_view text);

// "2026-06-02T09:00:00.331Z"
[[nodiscard]] std::string to_iso8601(SystemTime time);

// "8s", "3m05s", "2h07m", "4d03h": two units at most.
[[nodiscard]] std::string to_text(std::chrono::seconds duration);

// Reads "90s", "12h", "30d", "1d12h": whole numbers, each with s, m, h, d or w. nullopt for anything else.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace civitai
