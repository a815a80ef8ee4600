// One accepted connection: sending, waiting, and breaking it in every way a network knows.
//
// Used by one thread; waiting ends early when the listener stops or the peer goes away.
#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace standin {

class Wire {
 public:
  // Neither descriptor is owned. `stop_event` becomes readable when the listener stops.
  Wire(int socket, int stop_event) : socket_(socket), stop_event_(stop_event) {}

  // False when the peer is gone or the listener stops; then nothing more can be sent.
  bool send(std::span<const std::byte> bytes);
  bool send(std::string_view text);
  // False when it ended early.
  bool pause(civitai::Milliseconds duration);
  // Says nothing until the peer gives up or the listener stops.
  void stall();
  // Has the connection end with a reset when it is closed, after what was sent has arrived.
  void prepare_reset();

 private:
  int socket_;
  int stop_event_;
};

}  // namespace standin
