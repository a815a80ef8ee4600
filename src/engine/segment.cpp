#include "engine/segment.hpp"

#include "api/answers.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "net/content_disposition.hpp"
#include "net/content_range.hpp"
#include "net/retry.hpp"

#include <algorithm>
#include <utility>

namespace civitai::engine {
namespace {

constexpr std::size_t page_probe = 64;

// What arrives comes in many little pieces. So much of it is written at once, little enough to be in the core's own
// cache still; nothing waits much longer than that.
constexpr std::size_t block = 32UL << 10;
constexpr std::size_t block_of_small_file = 128UL << 10;
constexpr Milliseconds longest_wait{50};

SegmentEnd::Kind kind_of_refusal(api::StorageAnswer answer) {
  switch (answer) {
    case api::StorageAnswer::web_page: return SegmentEnd::Kind::web_page;
    case api::StorageAnswer::link_expired: return SegmentEnd::Kind::link_expired;
    case api::StorageAnswer::redirect: return SegmentEnd::Kind::redirect;
    case api::StorageAnswer::range_refused: return SegmentEnd::Kind::range_refused;
    case api::StorageAnswer::too_many: return SegmentEnd::Kind::too_many;
    default: return SegmentEnd::Kind::busy;
  }
}

// What a person is told when it stays so.
Error error_of(SegmentEnd::Kind kind, int status) {
  switch (kind) {
    case SegmentEnd::Kind::web_page:
      return Error{ErrorKind::network, "the storage sends a web page instead of the file",
                   "try again later; a proxy or VPN on the way may be the cause"};
    case SegmentEnd::Kind::link_expired:
      return Error{ErrorKind::network, format("the storage refuses the link that the site gave, status {}", status),
                   "try again later"};
    case SegmentEnd::Kind::too_many:
      return Error{ErrorKind::rate_limited, format("the storage asks to slow down, status {}", status),
                   "try again later"};
    default: return Error{ErrorKind::network, format("the storage answers with status {}", status), "try again later"};
  }
}

bool is_multipart(const net::ResponseHead& head) {
  return to_lower(head.headers.get("Content-Type").value_or("")).starts_with("multipart/byteranges");
}

// Our own side's troubles; everything else of the transport may pass.
bool is_ours(const Error& error) { return error.kind != ErrorKind::network; }

}  // namespace

Segment::Segment(const PartialFile& file, Guarded<Arrivals>& arrivals, Wanted wanted, const Clock& clock)
    : file_(file),
      arrivals_(arrivals),
      wanted_(wanted),
      clock_(clock),
      position_(wanted.piece.first),
      collected_({.bytes = {}, .begin = wanted.piece.first}) {}

// What has been received is worth keeping, also when the exchange is ended from our side.
Segment::~Segment() {
  exchange_.reset();
  static_cast<void>(write_rest());
}

bool Segment::asks_for_all() const {
  return wanted_.piece.first == 0 && (!wanted_.piece.end || wanted_.piece.end == wanted_.total);
}

void Segment::start(net::HttpClient& client, net::Request request) {
  const auto& [id, first, end] = wanted_.piece;
  // Open-ended up to the end of the file, so that a server that has more says so.
  const bool to_the_end = !end || end == wanted_.total;
  if (!asks_for_all()) request.range = net::ByteRange{first, to_the_end ? std::nullopt : std::optional(*end - 1)};
  request.line = wanted_.small ? net::Line::shared : net::Line::own;
  started_ = clock_.steady_now();
  exchange_ = client.start(std::move(request), *this, [this](const Status& status) { on_done(status); });
}

// Keeps why the exchange is ended from our side, and ends it.
Status Segment::end_with(SegmentEnd end) {
  verdict_ = std::move(end);
  return fail(ErrorKind::cancelled, "the answer is of no use");
}

Status Segment::on_head(const net::ResponseHead& head) {
  const api::StorageAnswer answer = api::judge_storage(head);
  if (answer == api::StorageAnswer::bytes) return take_bytes_head(head);
  const bool good = head.status == 200 || head.status == 206;
  if (answer == api::StorageAnswer::web_page && good && !wanted_.web_page_possible) return take_bytes_head(head);
  const SegmentEnd::Kind kind = kind_of_refusal(answer);
  SegmentEnd end{kind, error_of(kind, head.status)};
  if (const auto value = head.headers.get("Retry-After"))
    end.retry_after = net::parse_retry_after(*value, clock_.now());
  if (const auto location = head.headers.get("Location")) end.location = *location;
  // A redirect to nowhere may lead somewhere the next time.
  if (kind == SegmentEnd::Kind::redirect && end.location.empty()) end.kind = SegmentEnd::Kind::busy;
  const auto range = net::parse_content_range(head.headers.get("Content-Range").value_or(""));
  if (range) end.total = range->total;
  return end_with(std::move(end));
}

Status Segment::take_bytes_head(const net::ResponseHead& head) {
  const auto range = net::parse_content_range(head.headers.get("Content-Range").value_or(""));
  std::optional<std::uint64_t> total = head.content_length;
  if (head.status == 206) {
    if (!range || range->first != wanted_.piece.first || is_multipart(head)) {
      return end_with({SegmentEnd::Kind::wrong_range,
                       Error{ErrorKind::network, "the storage sends another range than asked for", {}}});
    }
    total = range->total;
  } else if (wanted_.piece.first > 0) {
    return end_with({SegmentEnd::Kind::ranges_ignored, Error{ErrorKind::network, "the storage ignores ranges", {}}});
  }
  if (total && wanted_.total && *total != *wanted_.total) return doubt_length(*total);
  const auto name = net::file_name_from_content_disposition(head.headers.get("Content-Disposition").value_or(""));
  const SteadyTime now = clock_.steady_now();
  const auto latency = now - started_;
  const std::size_t largest = wanted_.small ? block_of_small_file : block;
  block_ = static_cast<std::size_t>(std::clamp<std::uint64_t>(total.value_or(largest), 1, largest));
  collected_.with([&](Collected& collected) {
    collected.bytes.reserve(block_);
    collected.written_at = now;
  });
  arrivals_.update([&](Arrivals& arrivals) {
    arrivals.latency = std::min(latency, arrivals.latency.value_or(latency));
    const bool is_length_news = total && !arrivals.work.length();
    if (is_length_news) arrivals.work.set_length(*total);
    const bool ignores_range = head.status != 206 && !asks_for_all();
    if (ignores_range) {
      arrivals.whole_only = true;
      arrivals.work.extend_to_end(wanted_.piece.id);
    }
    if (name) arrivals.server_name = name;
    const bool is_news = is_length_news && !wanted_.small;
    return is_news || ignores_range || arrivals.is_awaited();
  });
  return {};
}

// The file is of another length than promised, or a web page came in its stead: its first bytes tell.
Status Segment::doubt_length(std::uint64_t total) {
  const std::string text = format("the server has {} bytes, {} were promised", total, *wanted_.total);
  SegmentEnd end{SegmentEnd::Kind::wrong_length, Error{ErrorKind::verification, text, {}}, {}, total};
  const bool first_bytes_follow = wanted_.piece.first == 0 && wanted_.web_page_possible && total > 0;
  if (!first_bytes_follow) return end_with(std::move(end));
  doubt_ = std::move(end);
  return {};
}

Status Segment::on_body(std::span<const std::byte> data) {
  const bool at_start = position_ == 0 && wanted_.web_page_possible;
  if (at_start) {
    const std::string_view start(reinterpret_cast<const char*>(data.data()), std::min(page_probe, data.size()));
    if (api::looks_like_web_page(start)) {
      return end_with({SegmentEnd::Kind::web_page, error_of(SegmentEnd::Kind::web_page, 200)});
    }
  }
  if (doubt_) return end_with(std::move(*doubt_));
  if (wanted_.total && position_ + data.size() > *wanted_.total) {
    return end_with(
        {SegmentEnd::Kind::wrong_length,
         Error{
             ErrorKind::verification, format("the server sends more than the {} bytes promised", *wanted_.total), {}}});
  }
  const auto end = end_by_now();
  if (end) data = data.first(static_cast<std::size_t>(std::min<std::uint64_t>(data.size(), *end - position_)));
  if (auto status = collect(data); !status) {
    return end_with({SegmentEnd::Kind::failed, status.error()});
  }
  // The rest was given to somebody else: nothing that follows is of use here.
  const bool cut = end && position_ == *end && end != wanted_.piece.end && end != wanted_.total;
  return cut ? end_with({}) : Status{};
}

Status Segment::collect(std::span<const std::byte> data) {
  position_ += data.size();
  return collected_.with([&](Collected& collected) -> Status {
    while (!data.empty()) {
      const auto part = data.first(std::min(data.size(), block_ - collected.bytes.size()));
      collected.bytes.insert(collected.bytes.end(), part.begin(), part.end());
      data = data.subspan(part.size());
      const bool due = collected.bytes.size() == block_ || clock_.steady_now() - collected.written_at >= longest_wait;
      if (!due) continue;
      if (auto status = write(collected); !status) return status;
    }
    return {};
  });
}

Status Segment::write(Collected& collected) {
  if (collected.bytes.empty()) return {};
  collected.written_at = clock_.steady_now();
  const std::size_t size = collected.bytes.size();
  // Kept where that fails: what follows must not take their place.
  if (auto status = file_.write(collected.begin, collected.bytes); !status) return status;
  collected.bytes.clear();
  collected.begin += size;
  arrivals_.update([&](Arrivals& arrivals) {
    arrivals.work.wrote(wanted_.piece.id, size);
    arrivals.fetched += size;
    // Of a small file the transfer waits for the end.
    return !wanted_.small && arrivals.is_awaited();
  });
  return {};
}

Status Segment::write_rest() {
  return collected_.with([&](Collected& collected) { return write(collected); });
}

Status Segment::write_what_waits(SteadyTime now) {
  return collected_.with(
      [&](Collected& collected) { return now - collected.written_at >= longest_wait ? write(collected) : Status{}; });
}

// Never before what is written already.
std::optional<std::uint64_t> Segment::end_by_now() const {
  const auto end = arrivals_.read([&](const Arrivals& arrivals) { return arrivals.work.end_of(wanted_.piece.id); });
  return end ? std::optional(std::max(*end, position_)) : std::nullopt;
}

void Segment::on_done(const Status& status) {
  SegmentEnd end;
  if (verdict_) {
    end = *verdict_;
  } else if (doubt_) {
    end = *doubt_;
  } else if (!status) {
    end = {is_ours(status.error()) ? SegmentEnd::Kind::failed : SegmentEnd::Kind::cut_short, status.error()};
  }
  if (auto written = write_rest(); !written) end = {SegmentEnd::Kind::failed, written.error()};
  arrivals_.with([&](Arrivals& arrivals) {
    const auto piece_end = arrivals.work.end_of(wanted_.piece.id);
    const auto due = piece_end ? piece_end : arrivals.work.length();
    if (end.kind == SegmentEnd::Kind::complete && due && position_ < *due) {
      end = {SegmentEnd::Kind::cut_short, Error{ErrorKind::network, "the connection closed early", {}}};
    }
    // Without a length, a clean end of the answer is the end of the file.
    if (end.kind == SegmentEnd::Kind::complete && !arrivals.work.length()) arrivals.work.set_length(position_);
    arrivals.ended.push_back({wanted_.piece.id, std::move(end)});
  });
}

}  // namespace civitai::engine
