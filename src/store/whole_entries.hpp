// Whole entries and their sources in the tables. Internal to the store; see transfer_desk.hpp for what they mean.
#pragma once

#include "store/sqlite.hpp"
#include "store/transfer_desk.hpp"

#include <string_view>

namespace civitai::store {

// The site's ids end here; a larger one in the table of models stands in for one that is not known.
inline constexpr std::int64_t largest_model_id = 2'147'483'647;

// whole_entries.cpp
[[nodiscard]] Status each_whole_entry(Connection& connection, const TransferDesk::Visit& visit);
// Inside the caller's transaction.
[[nodiscard]] Status put_whole_entry(Connection& connection, const WholeEntry& entry, TakenOver& taken);

// import_sources.cpp
[[nodiscard]] Result<std::optional<SourceState>> find_source(Connection& connection, std::string_view path);
[[nodiscard]] Status put_source(Connection& connection, std::string_view path, SourceState state, SystemTime now);

}  // namespace civitai::store
