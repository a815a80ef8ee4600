// The program's name and version, and how it introduces itself to servers.
#pragma once

#include <string>
#include <string_view>

namespace civitai {

[[nodiscard]] std::string_view program_version();

// "civitai-downloader/<version>". Free of the six browser words (mozilla, chrome, safari, firefox, opera, edge) that
// make the site answer with a login page instead of an error.
[[nodiscard]] std::string user_agent();

}  // namespace civitai
