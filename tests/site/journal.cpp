#include "site/journal.hpp"

#include "base/guarded.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <stop_token>
#include <utility>

namespace standin {

using civitai::Milliseconds;

std::string_view to_string(Place place) {
  static constexpr std::array names = {"api", "storage", "images", "admin"};
  return names.at(static_cast<std::size_t>(place));
}

std::string JournalEntry::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (civitai::equal_ignoring_case(key, name)) return value;
  }
  return {};
}

namespace {

struct Gauge {
  std::size_t now = 0;
  std::size_t most = 0;
  void up() { most = std::max(most, ++now); }
};

struct Running {
  Place place = Place::api;
  civitai::SteadyTime since = {};
  bool counted = true;  // among those in flight
};

struct Book {
  std::uint64_t next = 1;
  std::deque<JournalEntry> entries;  // numbers ascend, without holes
  std::map<std::uint64_t, Running> running;
  std::array<Gauge, 4> requests;
  std::array<std::size_t, 4> most_connections{};
  std::vector<Leak> leaks = {};
  std::function<void(const JournalEntry&)> listener;

  JournalEntry* find(std::uint64_t number) {
    const std::uint64_t first = entries.empty() ? 0 : entries.front().number;
    if (entries.empty() || number < first || number - first >= entries.size()) return nullptr;
    return &entries[static_cast<std::size_t>(number - first)];
  }
};

void note_leaks(std::vector<Leak>& leaks, const JournalEntry& entry) {
  if (entry.place == Place::api || entry.place == Place::admin) return;
  for (const auto* name : {"Authorization", "Cookie", "Referer"}) {
    if (!entry.header(name).empty()) leaks.push_back({entry.number, entry.place, name});
  }
  for (const auto& [name, value] : entry.query) {
    if (civitai::equal_ignoring_case(name, "token")) leaks.push_back({entry.number, entry.place, "token"});
  }
}

std::size_t at(Place place) { return static_cast<std::size_t>(place); }

}  // namespace

class Journal::Implementation {
 public:
  civitai::Guarded<Book> book;
};

Journal::Journal() : implementation_(std::make_unique<Implementation>()) {}
Journal::~Journal() = default;

std::vector<JournalEntry> Journal::entries(const Filter& filter) const {
  return implementation_->book.read([&](const Book& book) {
    std::vector<JournalEntry> found;
    std::copy_if(book.entries.begin(), book.entries.end(), std::back_inserter(found), filter);
    return found;
  });
}

std::vector<JournalEntry> Journal::entries() const {
  return entries([](const JournalEntry&) { return true; });
}

std::vector<JournalEntry> Journal::entries(std::string_view route) const {
  return entries([&](const JournalEntry& entry) { return entry.route == route; });
}

std::size_t Journal::count() const {
  return implementation_->book.read([](const Book& book) { return book.entries.size(); });
}

std::size_t Journal::count(std::string_view route) const { return entries(route).size(); }

std::size_t Journal::count_path(std::string_view path) const {
  return entries([&](const JournalEntry& entry) { return entry.path == path; }).size();
}

std::size_t Journal::resolves(std::int64_t file_id) const {
  return entries([&](const JournalEntry& entry) {
           return entry.route == "download" && entry.subject.file_id == file_id && entry.status / 100 == 3;
         })
      .size();
}

std::size_t Journal::max_in_flight(Place place) const {
  return implementation_->book.read([&](const Book& book) { return book.requests.at(at(place)).most; });
}

std::size_t Journal::max_connections(Place place) const {
  return implementation_->book.read([&](const Book& book) { return book.most_connections.at(at(place)); });
}

std::vector<Leak> Journal::leaks() const {
  return implementation_->book.read([](const Book& book) { return book.leaks; });
}

bool Journal::wait_for(std::string_view route, std::size_t at_least, Milliseconds at_most) const {
  return implementation_->book.wait_for(std::stop_token{}, at_most, [&](const Book& book) {
    const auto matches = [&](const JournalEntry& entry) { return entry.route == route; };
    return static_cast<std::size_t>(std::count_if(book.entries.begin(), book.entries.end(), matches)) >= at_least;
  });
}

bool Journal::settle(Milliseconds at_most) const {
  return implementation_->book.wait_for(std::stop_token{}, at_most,
                                        [](const Book& book) { return book.running.empty(); });
}

void Journal::clear() {
  implementation_->book.with([](Book& book) {
    book.entries.clear();
    book.leaks.clear();
    for (Gauge& gauge : book.requests) gauge.most = gauge.now;
    book.most_connections.fill(0);
  });
}

std::uint64_t Journal::begin(JournalEntry entry) {
  return implementation_->book.with([&](Book& book) {
    entry.number = book.next++;
    Gauge& gauge = book.requests.at(at(entry.place));
    gauge.up();
    entry.in_flight = gauge.now;
    note_leaks(book.leaks, entry);
    book.running[entry.number] = {entry.place, std::chrono::steady_clock::now()};
    book.entries.push_back(std::move(entry));
    return book.entries.back().number;
  });
}

void Journal::describe(std::uint64_t number, const std::function<void(JournalEntry&)>& change) {
  implementation_->book.with([&](Book& book) {
    if (JournalEntry* entry = book.find(number)) change(*entry);
  });
}

void Journal::ending(std::uint64_t number) {
  implementation_->book.with([&](Book& book) {
    Running& run = book.running.at(number);
    if (std::exchange(run.counted, false)) --book.requests.at(at(run.place)).now;
  });
}

void Journal::finish(std::uint64_t number, std::uint64_t bytes_sent, bool complete) {
  implementation_->book.with([&](Book& book) {
    const Running run = book.running.extract(number).mapped();
    if (run.counted) --book.requests.at(at(run.place)).now;
    JournalEntry* entry = book.find(number);
    if (entry == nullptr) return;  // cleared in the meantime
    entry->bytes_sent = bytes_sent;
    entry->complete = complete;
    entry->took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - run.since);
    if (book.listener) book.listener(*entry);
  });
}

void Journal::connections_open(Place place, std::size_t count) {
  implementation_->book.with([&](Book& book) {
    std::size_t& most = book.most_connections.at(at(place));
    most = std::max(most, count);
  });
}

void Journal::set_listener(std::function<void(const JournalEntry&)> listener) {
  implementation_->book.with([&](Book& book) { book.listener = std::move(listener); });
}

std::string to_json(const JournalEntry& entry) {
  const auto object = [](const Pairs& pairs) {
    nlohmann::ordered_json made = nlohmann::ordered_json::array();
    for (const auto& [name, value] : pairs) made.push_back({name, value});
    return made;
  };
  const nlohmann::ordered_json document = {{"number", entry.number},
                                           {"place", to_string(entry.place)},
                                           {"route", entry.route},
                                           {"method", entry.method},
                                           {"target", entry.target},
                                           {"path", entry.path},
                                           {"status", entry.status},
                                           {"bytes_sent", entry.bytes_sent},
                                           {"complete", entry.complete},
                                           {"started", civitai::to_iso8601(entry.started)},
                                           {"took_ms", entry.took.count()},
                                           {"connection", entry.connection},
                                           {"in_flight", entry.in_flight},
                                           {"model_id", entry.subject.model_id},
                                           {"version_id", entry.subject.version_id},
                                           {"file_id", entry.subject.file_id},
                                           {"faults", entry.faults},
                                           {"query", object(entry.query)},
                                           {"headers", object(entry.headers)}};
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace standin
