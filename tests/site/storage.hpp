// The storage listener: signed links, ranges, and no patience with credentials.
#pragma once

#include "site/message.hpp"
#include "site/world.hpp"

#include <string_view>

namespace standin {

[[nodiscard]] Answer answer_storage(World& world, const Request& request);

// {"code":…} or <Error><Code>…, as the backend writes it.
[[nodiscard]] Answer storage_error(Backend backend, int status, std::string_view code, std::string_view message);
[[nodiscard]] Answer expired_link(Backend backend);

// Turns an answer that holds the whole content into the part that a Range header asks for, where it asks for one.
void apply_range(const Request& request, Answer& answer);

}  // namespace standin
