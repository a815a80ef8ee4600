// The control listener: journal, faults, clock and options for tests that are other processes.
#pragma once

#include "site/message.hpp"
#include "site/world.hpp"

namespace standin {

[[nodiscard]] Answer answer_admin(World& world, const Request& request);

}  // namespace standin
