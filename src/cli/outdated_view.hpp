// The comparison of the library with the site, as people read it and as JSON; and making it.
#pragma once

#include "cli/connection.hpp"
#include "cli/trash_session.hpp"
#include "engine/outdated.hpp"
#include "json/writer.hpp"

#include <string>
#include <vector>

namespace civitai::cli {

// Compares what the keys of the command line name, or the whole library. Error of kind not_found when they name
// nothing.
[[nodiscard]] Result<engine::OutdatedReport> compare_with_site(const Program& program, store::Library& library,
                                                               Connection& connection);

// A table of newer versions, and one of the models that are gone, where there are any.
[[nodiscard]] std::string outdated_text(const engine::OutdatedReport& report, std::size_t width);
[[nodiscard]] json::Object outdated_json(const engine::OutdatedReport& report);
// "12 models compared: 3 newer versions, 1 model gone"
[[nodiscard]] std::string outdated_summary(const engine::OutdatedReport& report);

}  // namespace civitai::cli
