// The record of every request that reached the site, and the questions tests ask of it.
//
// Safe to use from several threads. Entries appear when a request has been read and are completed when its answer has
// ended, so a request that hangs is seen too.
#pragma once

#include "base/clock.hpp"
#include "site/url.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

enum class Place { api, storage, images, admin };
[[nodiscard]] std::string_view to_string(Place place);

struct Subject {
  std::int64_t model_id = 0;
  std::int64_t version_id = 0;
  std::int64_t file_id = 0;
};

struct JournalEntry {
  std::uint64_t number = 0;
  Place place = Place::api;
  std::uint64_t connection = 0;
  std::size_t in_flight = 0;  // requests being answered at this place when it came, itself included
  std::string method = {};
  std::string target = {};
  std::string path = {};
  Pairs query = {};
  Pairs headers = {};
  std::string body = {};
  civitai::SystemTime started = {};  // by the site's clock

  std::string route = {};  // "models", "download", "storage", …; from here on: known when the answer is
  Subject subject = {};
  int status = 0;
  std::vector<std::string> faults = {};  // those that were applied
  std::uint64_t bytes_sent = 0;          // of the body
  civitai::Milliseconds took{0};
  bool complete = false;  // the whole answer was sent

  [[nodiscard]] std::string header(std::string_view name) const;  // empty when absent
};

// A credential (or a trace of one) seen where none belongs.
struct Leak {
  std::uint64_t entry = 0;
  Place place = Place::storage;
  std::string what = {};  // "Authorization", "Cookie", "token", "Referer"
};

class Journal {
 public:
  using Filter = std::function<bool(const JournalEntry&)>;

  Journal();
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] std::vector<JournalEntry> entries() const;
  [[nodiscard]] std::vector<JournalEntry> entries(const Filter& filter) const;
  [[nodiscard]] std::vector<JournalEntry> entries(std::string_view route) const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t count(std::string_view route) const;
  [[nodiscard]] std::size_t count_path(std::string_view path) const;
  // Signed links given out for a file.
  [[nodiscard]] std::size_t resolves(std::int64_t file_id) const;
  // Requests answered at the same time, and connections open at the same time, at most so far.
  [[nodiscard]] std::size_t max_in_flight(Place place) const;
  [[nodiscard]] std::size_t max_connections(Place place) const;
  [[nodiscard]] std::vector<Leak> leaks() const;
  // Blocks until so many requests of the route have come in; false when the time has passed before.
  bool wait_for(std::string_view route, std::size_t at_least, civitai::Milliseconds at_most) const;
  // Blocks until no request is being answered: then every entry is complete. False when the time has passed before.
  bool settle(civitai::Milliseconds at_most = civitai::Milliseconds(5000)) const;
  void clear();

  // For the site itself.
  std::uint64_t begin(JournalEntry entry);
  void describe(std::uint64_t number, const std::function<void(JournalEntry&)>& change);
  // The last bytes are about to go: from the client's side the request is over, and another may follow at once.
  void ending(std::uint64_t number);
  void finish(std::uint64_t number, std::uint64_t bytes_sent, bool complete);
  void connections_open(Place place, std::size_t count);
  // Called with every finished entry.
  void set_listener(std::function<void(const JournalEntry&)> listener);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// One JSON object, without a newline.
[[nodiscard]] std::string to_json(const JournalEntry& entry);

}  // namespace standin
