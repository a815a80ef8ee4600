// What the listeners of one site share: catalogue, options, clock, links, journal, faults.
#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "site/catalogue.hpp"
#include "site/fault.hpp"
#include "site/hash_book.hpp"
#include "site/journal.hpp"
#include "site/links.hpp"
#include "site/options.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace standin {

struct Urls {
  std::string api = {};
  std::string storage = {};
  std::string images = {};
  std::string admin = {};
};

class World {
 public:
  World(Options options, Catalogue catalogue);

  // Shared: a request keeps the options that it began with while others are set.
  [[nodiscard]] std::shared_ptr<const Options> options() const;
  void change_options(const std::function<void(Options&)>& change);

  // Runs `look` with the catalogue locked for reading.
  template <class Look>
  auto read(Look&& look) const {
    const std::shared_lock lock(catalogue_mutex_);
    return look(catalogue_);
  }
  void change(const std::function<void(Catalogue&)>& change);

  // Ids of the files whose published hashes hold this value (upper case), oldest version first. To be called with the
  // catalogue locked for reading.
  [[nodiscard]] std::vector<std::int64_t> files_with_hash(const Catalogue& catalogue, const std::string& hash);

  [[nodiscard]] civitai::SystemTime now() const;
  void advance_clock(civitai::Milliseconds by) { ahead_ += by.count(); }

  // Counts a link given to `who`; the number given so far, this one included.
  std::uint64_t count_link(const std::string& who);
  [[nodiscard]] std::uint64_t links_given(const std::string& who) const;

  [[nodiscard]] std::string next_ray();

  HashBook hashes;
  Links links;
  Journal journal;
  Faults faults;
  Urls urls;  // set before the first request, then constant

 private:
  using HashIndex = std::unordered_map<std::string, std::vector<std::int64_t>>;
  [[nodiscard]] std::shared_ptr<const HashIndex> hash_index(const Catalogue& catalogue);

  mutable std::shared_mutex catalogue_mutex_;
  Catalogue catalogue_;
  civitai::Guarded<std::shared_ptr<const Options>> options_;
  civitai::Guarded<std::shared_ptr<const HashIndex>> hash_index_;  // null until somebody looks for a hash
  civitai::Guarded<std::map<std::string, std::uint64_t>> links_given_;
  std::atomic<std::int64_t> ahead_{0};
  std::atomic<std::uint64_t> rays_{0};
};

// "Tue, 02 Jun 2026 09:00:00 GMT"
[[nodiscard]] std::string http_date(civitai::SystemTime time);

}  // namespace standin
