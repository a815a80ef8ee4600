// What happens to one request: journal, route, faults, compression, delivery.
#pragma once

#include "site/listener.hpp"
#include "site/world.hpp"

#include <functional>

namespace standin {

// Answers a request of a place. Exceptions become a 500 that tells them.
using Answerer = std::function<Answer(World&, const Request&)>;

[[nodiscard]] After serve(World& world, const Answerer& answerer, Wire& wire, const Request& request);

}  // namespace standin
