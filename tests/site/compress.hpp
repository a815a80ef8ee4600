// gzip, for bodies of answers.
#pragma once

#include <string>
#include <string_view>

namespace standin {

[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace standin
