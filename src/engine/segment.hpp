// One piece of a file on its way over one connection.
//
// A Segment starts an exchange, checks that the answer is the range that was asked for, writes the bytes to the partial
// file and tells the Arrivals, which the transfer waits on. When its piece is split meanwhile, it ends where the piece
// ends by then. Its callbacks run on the client's thread.
#pragma once

#include "base/guarded.hpp"
#include "engine/partial_file.hpp"
#include "engine/work_map.hpp"
#include "net/http.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace civitai::engine {

// How a segment ended.
struct SegmentEnd {
  enum class Kind {
    complete,      // every byte that was asked for
    cut_short,     // the connection ended or stalled before that: go on from where it stopped
    busy,          // the server wants us to come back later
    too_many,      // it wants everybody to
    link_expired,  // ask for a new link
    redirect,      // go on at `location`
    ranges_ignored,
    wrong_range,    // another one than asked for, or none that can be told
    range_refused,  // 416; `total` when the server said it
    wrong_length,   // the file is not as long as promised, or not as long as before
    web_page,
    failed,  // our own side: disk, cancel, an untrusted peer
  };
  Kind kind = Kind::complete;
  Error error = {};
  std::optional<Milliseconds> retry_after = {};
  std::optional<std::uint64_t> total = {};
  std::string location = {};
};

// What has arrived of a file, shared between its segments and the transfer that waits for them.
struct Arrivals {
  struct Ended {
    WorkMap::Id piece = 0;
    SegmentEnd end;
  };
  WorkMap work = WorkMap(std::nullopt);
  std::optional<std::string> server_name;       // from Content-Disposition
  std::uint64_t fetched = 0;                    // bytes received, also those received twice
  bool whole_only = false;                      // a range was asked for and the whole file came
  std::vector<Ended> ended;                     // not looked at yet
  std::uint64_t awaited = 0;                    // the transfer need not be woken before the front has come so far
  std::optional<SteadyTime::duration> latency;  // the shortest time from a request to its answer

  [[nodiscard]] bool is_awaited() const { return work.complete() || work.front() >= awaited; }
};

class Segment final : public net::ResponseSink {
 public:
  struct Wanted {
    WorkMap::Piece piece;
    std::optional<std::uint64_t> total;  // the length the file must have, when known
    bool web_page_possible = true;       // false when the file itself is a web page
    bool small = false;                  // the file: it shares its connection, and is written in fewer steps
  };

  Segment(const PartialFile& file, Guarded<Arrivals>& arrivals, Wanted wanted, const Clock& clock);
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment() override;

  // `request` without range; the segment adds its own.
  void start(net::HttpClient& client, net::Request request);

  // What a line that has fallen silent has brought is neither lost by a crash nor hidden from who looks at the
  // progress. From any thread.
  [[nodiscard]] Status write_what_waits(SteadyTime now);

  Status on_head(const net::ResponseHead& head) override;
  Status on_body(std::span<const std::byte> data) override;

 private:
  // Received, not yet written; less than a block.
  struct Collected {
    std::vector<std::byte> bytes;
    std::uint64_t begin = 0;  // their place in the file
    SteadyTime written_at{};  // the block before
  };

  [[nodiscard]] Status end_with(SegmentEnd end);
  [[nodiscard]] Status take_bytes_head(const net::ResponseHead& head);
  [[nodiscard]] Status doubt_length(std::uint64_t total);
  [[nodiscard]] Status collect(std::span<const std::byte> data);
  [[nodiscard]] Status write(Collected& collected);
  [[nodiscard]] Status write_rest();
  [[nodiscard]] bool asks_for_all() const;
  [[nodiscard]] std::optional<std::uint64_t> end_by_now() const;
  void on_done(const Status& status);

  const PartialFile& file_;
  Guarded<Arrivals>& arrivals_;
  Wanted wanted_;
  const Clock& clock_;
  SteadyTime started_;
  std::uint64_t position_;             // where the next byte that is received goes
  std::optional<SegmentEnd> verdict_;  // decided by an answer's head or body
  std::optional<SegmentEnd> doubt_;    // the verdict, unless the body says something better
  std::size_t block_ = 1;              // written at once
  Guarded<Collected> collected_;
  std::unique_ptr<net::Exchange> exchange_;
};

}  // namespace civitai::engine
