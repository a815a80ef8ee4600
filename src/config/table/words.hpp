// The closed words of this program's own options; those of the site stand in domain/vocabulary.hpp.
#pragma once

#include <span>
#include <string_view>

namespace civitai::config::table {

inline constexpr std::string_view log_level_words[] = {"debug", "info", "warn", "error"};
inline constexpr std::string_view log_format_words[] = {"text", "json"};
inline constexpr std::string_view entry_status_words[] = {"Pending", "Downloaded", "Error"};
inline constexpr std::string_view entry_order_words[] = {"name",       "size",    "updated", "type",
                                                         "base-model", "creator", "status",  "path"};

inline constexpr std::string_view torrent_unit_words[] = {"file", "version", "model"};
inline constexpr std::string_view export_format_words[] = {"json", "csv", "bitcask"};

inline constexpr std::string_view media_type_words[] = {"image", "video"};

constexpr std::span<const std::string_view> log_levels() { return log_level_words; }
constexpr std::span<const std::string_view> log_formats() { return log_format_words; }
constexpr std::span<const std::string_view> entry_statuses() { return entry_status_words; }
constexpr std::span<const std::string_view> entry_orders() { return entry_order_words; }
constexpr std::span<const std::string_view> torrent_units() { return torrent_unit_words; }
constexpr std::span<const std::string_view> export_formats() { return export_format_words; }

constexpr std::span<const std::string_view> media_types() { return media_type_words; }

}  // namespace civitai::config::table
