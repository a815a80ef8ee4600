// Signed links: made by the download route, honoured by the storage listener. Safe to use from several threads.
#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "site/options.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace standin {

struct Link {
  std::string signature = {};
  std::string target = {};  // path and query, exactly as given out
  std::int64_t file_id = 0;
  Backend backend = Backend::r2;
  civitai::SystemTime expires = {};
  int edition = 0;  // another number, another ETag
};

struct LinkOrder {
  std::int64_t file_id = 0;
  std::int64_t user_id = 0;
  std::string stored_name = {};
  std::string disposition = {};  // the value that the link asks storage to send
  Backend backend = Backend::r2;
  civitai::SystemTime now = {};
  civitai::Milliseconds lifetime{0};
};

class Links {
 public:
  [[nodiscard]] Link make(const LinkOrder& order);
  [[nodiscard]] std::optional<Link> find(const std::string& signature) const;
  void change(const std::string& signature, const std::function<void(Link&)>& change);
  void expire_all();

 private:
  struct Table {
    std::uint64_t made = 0;
    std::map<std::string, Link> links;
  };
  civitai::Guarded<Table> table_;
};

}  // namespace standin
