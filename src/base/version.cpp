#include "base/version.hpp"

namespace civitai {

std::string_view program_version() { return CIVITAI_DOWNLOADER_VERSION; }

std::string user_agent() { return "civitai-downloader/" CIVITAI_DOWNLOADER_VERSION; }

}  // namespace civitai
