// What each kind of fault does. One table per group; fault.cpp puts them together.
#pragma once

#include "site/delivery.hpp"
#include "site/fault.hpp"
#include "site/message.hpp"
#include "site/world.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace standin {

struct Stage {
  World& world;
  const Request& request;
  Answer& answer;
  Delivery& delivery;
  FaultMemory& memory;
  const std::string& parameter;

  // The parameter as a number; `otherwise` when there is none.
  [[nodiscard]] std::int64_t number(std::int64_t otherwise) const;
  [[nodiscard]] std::string text(std::string_view otherwise) const;
};

struct Effect {
  std::string_view name;
  std::string_view parameter;
  std::string_view help;
  void (*apply)(Stage&);
};

[[nodiscard]] std::span<const Effect> transport_effects();
[[nodiscard]] std::span<const Effect> status_effects();
[[nodiscard]] std::span<const Effect> redirect_effects();
[[nodiscard]] std::span<const Effect> range_effects();
[[nodiscard]] std::span<const Effect> link_effects();
[[nodiscard]] std::span<const Effect> body_effects();
[[nodiscard]] std::span<const Effect> page_effects();
[[nodiscard]] std::span<const Effect> header_effects();

// Null when there is no such kind.
[[nodiscard]] const Effect* find_effect(std::string_view name);

// The status effect's answers, also for the program's own use: `variant` empty takes the usual one for the status.
void become_status(Answer& answer, int status, std::string_view variant);

}  // namespace standin
