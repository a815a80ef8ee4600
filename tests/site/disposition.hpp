// The ways in which servers write a file's name into Content-Disposition, right and wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

[[nodiscard]] std::vector<std::string_view> disposition_variants();
// The header's value; nullopt for the variant "absent". Throws std::invalid_argument on an unknown variant.
[[nodiscard]] std::optional<std::string> disposition(std::string_view variant, const std::string& name);

}  // namespace standin
