// The file name that a server gives with a Content-Disposition header. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace civitai::net {

// RFC 6266 with what is seen in the wild: filename*=UTF-8''… (wins), quoted, backslash-escaped and unquoted filename,
// raw UTF-8 or Latin-1 bytes, percent sequences when they decode to valid UTF-8, a trailing ';'. The result is valid
// UTF-8 and otherwise as sent: directories and dangerous characters are still in it. nullopt when there is no name.
[[nodiscard]] std::optional<std::string> file_name_from_content_disposition(std::string_view header);

}  // namespace civitai::net
