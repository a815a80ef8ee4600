#include "engine/transfer.hpp"

#include "base/format.hpp"
#include "engine/segment.hpp"
#include "net/content_disposition.hpp"

#include <utility>

namespace civitai::engine {
namespace {

constexpr std::size_t hash_chunk = 1UL << 20;
// How long the worker sleeps at most before it looks at checkpoints and the stop request again.
constexpr Milliseconds look_around{250};
// Whenever this much more is here than ever before, that counts as progress: the budget of tries starts anew.
constexpr std::uint64_t progress_that_counts = 64UL << 10;
constexpr int most_links = 6;  // links asked for without progress in between
constexpr int most_length_disputes = 3;
constexpr int most_wrong_ranges = 2;  // then the file is asked for as a whole
constexpr int longest_redirect_chain = 10;

// The name that a signed link carries for its answer's Content-Disposition.
std::optional<std::string> name_in_link(const net::Url& url) {
  for (const std::string_view parameter : {"response-content-disposition", "b2ContentDisposition"}) {
    const auto value = url.query_value(parameter);
    auto name = value ? net::file_name_from_content_disposition(*value) : std::nullopt;
    if (name) return name;
  }
  return std::nullopt;
}

class Transfer {
 public:
  Transfer(const TransferJob& job, const Tools& tools, PartialFile partial)
      : job_(job),
        tools_(tools),
        partial_(std::move(partial)),
        kinds_(kinds_to_prove(job.promise.hashes)),
        hasher_(kinds_),
        last_checkpoint_(tools.clock.steady_now()) {
    arrivals_.with([&](Arrivals& arrivals) {
      arrivals.written = partial_.proven();
      most_here_ = arrivals.written.total();
      if (partial_.length() > 0) arrivals.total = partial_.length();
    });
  }

  Status run(const std::stop_token& stop) {
    while (!complete()) {
      if (Status status = step(stop); !status) return given_up(std::move(status));
    }
    Status status = hash_arrived(stop);
    return status ? status : given_up(std::move(status));
  }

  Transferred take() {
    const auto arrived = arrivals_.read([](const Arrivals& arrivals) { return arrivals; });
    const auto& name = arrived.server_name;
    return Transferred{std::move(partial_), hasher_.finish(), kinds_, name || !link_ ? name : name_in_link(link_->url),
                       ByteCount{arrived.fetched}};
  }

 private:
  // One try: a link if there is none, one range, and the consequences of how it ended.
  Status step(const std::stop_token& stop) {
    if (!link_) {
      if (auto status = take_link(stop); !status) return status;
    }
    const SegmentEnd end = fetch_range(stop);
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    // Bytes that were here once and had to be fetched again are none: who always has to start over must come to an end.
    const bool progress = written() >= most_here_ + progress_that_counts;
    if (progress) {
      most_here_ = written();
      attempt_ = 0;
      links_without_progress_ = 0;
    }
    return handle(end, stop);
  }

  Status take_link(const std::stop_token& stop) {
    tools_.observer.on_phase(job_.item, Phase::resolving);
    if (++links_without_progress_ > most_links) {
      return fail(ErrorKind::network, "the storage refuses every link the site gives", "try again later");
    }
    auto link = job_.link(stop);
    if (!link) return fail(link.error());
    link_ = std::move(*link);
    redirects_ = 0;
    return {};
  }

  SegmentEnd fetch_range(const std::stop_token& stop) {
    Segment::Wanted wanted;
    arrivals_.with([&](Arrivals& arrivals) {
      arrivals.end.reset();
      wanted.total = length(arrivals);
      const auto gap = arrivals.written.first_gap(0, wanted.total.value_or(UINT64_MAX));
      wanted.first = gap ? gap->first : 0;
      // Open-ended up to the end of the file, so that a server that has more says so.
      if (gap && wanted.total && gap->end < *wanted.total) wanted.end = gap->end;
    });
    wanted.web_page_possible = job_.web_pages == WebPages::are_trouble;
    net::Request request{.url = link_->url};
    request.bearer = link_->bearer;
    request.stall_timeout = tools_.stall_timeout;
    tools_.observer.on_phase(job_.item, Phase::transferring);
    Segment segment(partial_, arrivals_, wanted, tools_.clock);
    segment.start(tools_.http, std::move(request));
    return wait_for_end(stop);
  }

  // Hashes and saves while the segment runs.
  SegmentEnd wait_for_end(const std::stop_token& stop) {
    while (true) {
      const std::uint64_t hashed = hashed_;
      arrivals_.wait_for(stop, look_around, [&](const Arrivals& arrivals) {
        return arrivals.end.has_value() || arrivals.written.run_from(hashed) >= hashed + hash_chunk;
      });
      report();
      if (stop.stop_requested()) return {SegmentEnd::Kind::failed, Error{ErrorKind::cancelled, "interrupted", {}}};
      if (auto end = arrivals_.read([](const Arrivals& arrivals) { return arrivals.end; })) return *end;
      if (auto status = hash_arrived(stop); !status) return {SegmentEnd::Kind::failed, status.error()};
      if (tools_.clock.steady_now() - last_checkpoint_ >= tools_.checkpoint_interval) {
        if (auto status = checkpoint(); !status) return {SegmentEnd::Kind::failed, status.error()};
      }
    }
  }

  Status handle(const SegmentEnd& end, const std::stop_token& stop) {
    switch (end.kind) {
      case SegmentEnd::Kind::complete: return {};
      case SegmentEnd::Kind::failed: return fail(end.error);
      case SegmentEnd::Kind::cut_short:
      case SegmentEnd::Kind::busy: return pause(end, stop);
      case SegmentEnd::Kind::redirect: return follow(end);
      case SegmentEnd::Kind::ranges_ignored: return start_over();
      case SegmentEnd::Kind::wrong_range: return handle_wrong_range(end, stop);
      case SegmentEnd::Kind::range_refused: return handle_refused_range(end, stop);
      case SegmentEnd::Kind::wrong_length: return handle_wrong_length(end, stop);
      case SegmentEnd::Kind::link_expired:
      case SegmentEnd::Kind::web_page: return renew(end, stop);
    }
    return {};
  }

  // Waits before the next try; the end's own error when there is none left.
  Status pause(const SegmentEnd& end, const std::stop_token& stop) {
    const auto delay = net::retry_delay(tools_.retry, {++attempt_, end.retry_after}, tools_.random());
    if (!delay) return fail(end.error);
    tools_.log.debug("{}: {}; trying again in {} ms", job_.name, end.error.message, delay->count());
    if (!tools_.clock.sleep(*delay, stop)) return fail(ErrorKind::cancelled, "interrupted");
    return {};
  }

  // The first new link is asked for at once, further ones after a pause.
  Status renew(const SegmentEnd& end, const std::stop_token& stop) {
    link_.reset();
    return links_without_progress_ > 1 ? pause(end, stop) : Status{};
  }

  Status follow(const SegmentEnd& end) {
    auto target = link_->url.redirected(end.location);
    if (!target) return fail(target.error());
    if (++redirects_ > longest_redirect_chain)
      return fail(ErrorKind::network, "the storage redirects in a circle", "try again later");
    link_ = api::DownloadLink{std::move(*target), {}};
    return {};
  }

  // A server that cannot be understood when it resumes may still be good for the whole file.
  Status handle_wrong_range(const SegmentEnd& end, const std::stop_token& stop) {
    if (auto status = pause(end, stop); !status) return status;
    return ++wrong_ranges_ < most_wrong_ranges ? Status{} : start_over();
  }

  // 416: either everything is here, or what is here belongs to another file.
  Status handle_refused_range(const SegmentEnd& end, const std::stop_token& stop) {
    const std::uint64_t here = arrivals_.read([](const Arrivals& arrivals) { return arrivals.written.run_from(0); });
    if (end.total == here) {
      arrivals_.with([&](Arrivals& arrivals) { arrivals.total = here; });
      return {};
    }
    if (auto status = pause(end, stop); !status) return status;
    return start_over();
  }

  // A backend may have the file in another state: a new link may lead to another one.
  Status handle_wrong_length(const SegmentEnd& end, const std::stop_token& stop) {
    if (++length_disputes_ >= most_length_disputes) return fail(end.error);
    // What we hold came from a file of another length: with no promise to hold on to, begin anew.
    if (!job_.promise.size) {
      if (auto status = start_over(); !status) return status;
    }
    link_.reset();
    return pause(end, stop);
  }

  Status start_over() {
    arrivals_.with([](Arrivals& arrivals) {
      arrivals.written = {};
      arrivals.total.reset();
    });
    hasher_ = hash::Hasher(kinds_);
    hashed_ = 0;
    return partial_.start_over();
  }

  Status hash_arrived(const std::stop_token& stop) {
    const std::uint64_t front =
        arrivals_.read([&](const Arrivals& arrivals) { return arrivals.written.run_from(hashed_); });
    // No larger than the file at hand: touching fresh memory costs more than hashing a small file.
    const auto needed = static_cast<std::size_t>(std::min<std::uint64_t>(front - hashed_, hash_chunk));
    if (buffer_.size() < needed) buffer_.resize(needed);
    while (hashed_ < front) {
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
      const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(front - hashed_, buffer_.size()));
      const auto got = partial_.read(hashed_, std::span(buffer_).first(wanted));
      if (!got) return fail(got.error());
      if (*got == 0) return fail(ErrorKind::io, format("{}: was cut short by someone else", partial_.path().string()));
      hasher_.update(std::span(buffer_).first(*got));
      hashed_ += *got;
    }
    return {};
  }

  Status checkpoint() {
    last_checkpoint_ = tools_.clock.steady_now();
    const auto arrived =
        arrivals_.read([](const Arrivals& arrivals) { return std::pair(arrivals.written, arrivals.total); });
    return partial_.checkpoint(arrived.first, arrived.second.value_or(0));
  }

  // Leaves what is here to the next run; where nothing is, nothing shall lie about.
  Status given_up(Status why) {
    const Status left = written() > 0 ? checkpoint() : partial_.discard();
    if (!left) tools_.log.debug("{}", left.error().message);
    return why;
  }

  void report() {
    const auto [here, total] = arrivals_.read(
        [](const Arrivals& arrivals) { return std::pair(arrivals.written.total(), arrivals.total.value_or(0)); });
    tools_.observer.on_bytes(job_.item, ByteCount{here}, job_.promise.size.value_or(ByteCount{total}));
  }

  std::uint64_t written() const {
    return arrivals_.read([](const Arrivals& arrivals) { return arrivals.written.total(); });
  }

  // How long the file is: as promised, else as the server says.
  std::optional<std::uint64_t> length(const Arrivals& arrivals) const {
    return job_.promise.size ? std::optional(job_.promise.size->value) : arrivals.total;
  }

  bool complete() const {
    return arrivals_.read([&](const Arrivals& arrivals) {
      const auto total = length(arrivals);
      return total && arrivals.written.run_from(0) >= *total;
    });
  }

  const TransferJob& job_;
  const Tools& tools_;
  PartialFile partial_;
  Guarded<Arrivals> arrivals_;
  std::optional<api::DownloadLink> link_;
  hash::Kinds kinds_;
  hash::Hasher hasher_;
  std::uint64_t hashed_ = 0;
  std::vector<std::byte> buffer_;
  SteadyTime last_checkpoint_;
  std::uint64_t most_here_ = 0;
  int attempt_ = 0;
  int links_without_progress_ = 0;
  int length_disputes_ = 0;
  int wrong_ranges_ = 0;
  int redirects_ = 0;
};

}  // namespace

Result<Transferred> transfer(const TransferJob& job, const Tools& tools, const std::stop_token& stop) {
  auto partial = PartialFile::open(tools.files, job.partial, job.identity, to_text(job.promise));
  if (!partial) return fail(partial.error());
  Transfer transfer(job, tools, std::move(*partial));
  if (auto status = transfer.run(stop); !status) return fail(status.error());
  return transfer.take();
}

Result<hash::Digests> digest_file(const os::Path& path, hash::Kinds kinds, os::FileSystem& files,
                                  const std::function<void(ByteCount)>& on_progress, const std::stop_token& stop) {
  const auto handle = files.open(path, os::OpenMode::read);
  if (!handle) return fail(handle.error());
  hash::Hasher hasher(kinds);
  std::vector<std::byte> buffer(hash_chunk);
  std::uint64_t offset = 0;
  while (true) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    const auto got = os::read_at(*handle, path, offset, buffer);
    if (!got) return fail(got.error());
    if (*got == 0) return hasher.finish();
    hasher.update(std::span(buffer).first(*got));
    offset += *got;
    if (on_progress) on_progress(ByteCount{offset});
  }
}

}  // namespace civitai::engine
