// One listening port and its connections, a thread for each. Safe to use from several threads; the destructor cuts
// every connection and waits for the threads.
#pragma once

#include "site/journal.hpp"
#include "site/message.hpp"
#include "site/wire.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace standin {

enum class After { keep, close };
using Serve = std::function<After(Wire&, const Request&)>;

class Listener {
 public:
  // Port 0 takes a free one. Throws std::system_error when it cannot listen.
  Listener(Place place, const std::string& address, std::uint16_t port, Journal& journal, Serve serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::string url() const;

  void close_door();
  void open_door();
  void drop_connections();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace standin
