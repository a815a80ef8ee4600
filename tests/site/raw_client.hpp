// A small HTTP client for the stand-in's own tests. It follows nothing, repairs nothing and tells how an answer ended.
#pragma once

#include "site/url.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace standin::check {

// complete: as the framing promised. closed, reset, silent: what happened before that. refused: no connection at all.
enum class End { complete, closed, reset, silent, refused };

struct Reply {
  int status = 0;
  Pairs headers = {};
  std::string body = {};
  End end = End::complete;
  std::string head = {};  // as received

  [[nodiscard]] std::string header(std::string_view name) const;  // empty when absent
};

// One connection, used for as many requests as it lives.
class Client {
 public:
  // Takes an origin or any URL of it. Waits at most `patience_ms` for each piece of an answer.
  explicit Client(const std::string& url, int patience_ms = 10'000);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Reply send(std::string_view method, const std::string& target, const Pairs& headers = {},
             const std::string& body = {});
  // Sends a request and leaves the answer to come.
  void send_only(std::string_view method, const std::string& target, const Pairs& headers = {},
                 const std::string& body = {});
  Reply receive(std::string_view method);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// On a connection of its own.
Reply get(const std::string& url, const Pairs& headers = {});
Reply post(const std::string& url, const std::string& body, const Pairs& headers = {});
Reply request(std::string_view method, const std::string& url, const Pairs& headers = {}, const std::string& body = {});

}  // namespace standin::check
