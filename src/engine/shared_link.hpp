// The one link that all connections of a transfer use.
//
// Asking for a link counts against a quota, so it is asked for when one is needed, kept as long as it works, and
// renewed once for all: whoever was refused tells with which link (its generation), and only the first to tell matters.
// Not for sharing between threads.
#pragma once

#include "api/client.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace civitai::engine {

// Says where the bytes lie; asked again when a link is used up. Each answer may count against a quota.
using LinkSource = std::function<Result<api::DownloadLink>(const std::stop_token& stop)>;

class SharedLink {
 public:
  // `source` must outlive it.
  explicit SharedLink(const LinkSource& source) : source_(source) {}

  [[nodiscard]] bool is_there() const { return link_.has_value(); }
  // Asks for a link; error of kind network when that was in vain too often.
  [[nodiscard]] Status renew(const std::stop_token& stop);
  // To be called while there is one.
  [[nodiscard]] const api::DownloadLink& get() const { return *link_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  // Whether this is the link in force.
  [[nodiscard]] bool is_in_force(std::uint64_t generation) const { return link_ && generation == generation_; }

  void expire() { link_.reset(); }
  // Goes on where the storage redirects to.
  [[nodiscard]] Status follow(const std::string& location);

  // Links brought bytes: how often it was asked is forgotten.
  void count_progress() { fruitless_ = 0; }
  // How often a link was asked for since there was progress.
  [[nodiscard]] int fruitless() const { return fruitless_; }
  // The name that the last link carries for its answer's Content-Disposition.
  [[nodiscard]] const std::optional<std::string>& offered_name() const { return offered_name_; }

 private:
  void put(api::DownloadLink link);

  const LinkSource& source_;
  std::optional<api::DownloadLink> link_;
  std::optional<std::string> offered_name_;
  std::uint64_t generation_ = 0;
  int fruitless_ = 0;
  int redirects_ = 0;
};

}  // namespace civitai::engine
