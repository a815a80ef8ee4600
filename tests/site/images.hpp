// The images listener: originals and transformed pictures by account key, uuid and parameters.
#pragma once

#include "site/message.hpp"
#include "site/world.hpp"

namespace standin {

[[nodiscard]] Answer answer_images(World& world, const Request& request);

}  // namespace standin
