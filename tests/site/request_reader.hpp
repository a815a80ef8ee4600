// Reads requests off a connection, one after the other.
#pragma once

#include "site/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace standin {

class RequestReader {
 public:
  // The socket is not owned.
  RequestReader(int socket, Place place, std::uint64_t connection);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Blocks until a request is whole. nullopt when the peer has closed, or has sent what is no HTTP: then `malformed`.
  [[nodiscard]] std::optional<Request> next();
  [[nodiscard]] bool malformed() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace standin
