#include "engine/transfer.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/checkpointer.hpp"
#include "engine/connection_policy.hpp"
#include "engine/crew.hpp"
#include "engine/front_hash.hpp"
#include "engine/piece_size.hpp"
#include "engine/schedule.hpp"

#include <algorithm>
#include <utility>

namespace civitai::engine {
namespace {

constexpr std::uint64_t mib = 1ULL << 20;
// The hash goes on when this much waits for it, and looks up after so many steps.
constexpr std::uint64_t hash_step = 1 * mib;
constexpr std::uint64_t hash_steps_at_once = 4;
// How long the worker sleeps at most before it looks at checkpoints and the stop request again.
constexpr Milliseconds look_around{250};
// A checkpoint is due after so much, too: so the disk writes while the network receives, and the last flush is short.
constexpr std::uint64_t flush_step = 64 * mib;
constexpr std::uint64_t worth_flushing_ahead = 16 * mib;
// Whenever this much more is here than ever before, that counts as progress: the budget of tries starts anew.
constexpr std::uint64_t progress_that_counts = 64UL << 10;
constexpr int most_length_disputes = 3;
constexpr int most_wrong_ranges = 2;  // then the file is asked for as a whole
constexpr Milliseconds short_patience{3'000};
// A server that turned a further connection away gets none for so long.
constexpr Milliseconds modesty{30'000};

class Transfer {
 public:
  Transfer(const TransferJob& job, const Tools& tools, PartialFile partial)
      : job_(job),
        tools_(tools),
        partial_(std::move(partial)),
        hash_(job.kinds.value_or(kinds_to_prove(job.promise.hashes))),
        link_(job.link),
        checkpointer_(partial_),
        last_checkpoint_(tools.clock.steady_now()),
        crew_(partial_, arrivals_, tools) {
    most_here_ = partial_.proven().total();
    arrivals_.with([&](Arrivals& arrivals) {
      const auto known = partial_.length() > 0 ? std::optional(partial_.length()) : std::nullopt;
      arrivals.work.start_over(partial_.proven(), job.promise.size ? std::optional(job.promise.size->value) : known);
    });
  }

  Status run(const std::stop_token& stop) {
    Status status = fetch(stop);
    crew_.dismiss_all();
    if (status) {
      flush_ahead();
      status = hash_.advance(partial_, front(), stop);
    }
    const Status flushed = checkpointer_.finish();
    if (status) status = flushed;
    return status ? status : given_up(std::move(status));
  }

  Transferred take() {
    auto [name, fetched] =
        arrivals_.read([](const Arrivals& arrivals) { return std::pair(arrivals.server_name, arrivals.fetched); });
    return Transferred{std::move(partial_), hash_.finish(), hash_.kinds(), name ? name : link_.offered_name(),
                       ByteCount{fetched}};
  }

 private:
  Status fetch(const std::stop_token& stop) {
    while (!complete()) {
      if (auto status = staff(stop); !status) return status;
      if (auto status = wait(stop); !status) return status;
      report();
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
      count_progress();
      for (const Crew::Left& left : crew_.take_leavers()) {
        if (auto status = handle(left, stop); !status) return status;
      }
      const std::uint64_t front = std::min(this->front(), hash_.position() + hash_step * hash_steps_at_once);
      const bool enough = front >= hash_.position() + hash_step;
      if (enough) {
        if (auto status = hash_.advance(partial_, front, stop); !status) return status;
      }
      if (auto status = checkpoint_when_due(); !status) return status;
    }
    return {};
  }

  // As many connections as there should be, each with a piece.
  Status staff(const std::stop_token& stop) {
    if (link_.is_there()) start_policy();
    const int wanted = wanted_connections();
    while (crew_.size() > wanted || (crew_.size() > 1 && tools_.connections.is_overdrawn())) crew_.dismiss_farthest();
    while (crew_.size() < wanted && (crew_.size() == 0 || tools_.clock.steady_now() >= not_before_)) {
      if (auto status = wait_for_the_storage(stop); !status) return status;
      if (tools_.storage.closed_for().count() > 0) return {};
      auto lease = crew_.size() == 0 ? tools_.connections.first() : tools_.connections.more();
      if (!lease) return {};
      if (!link_.is_there()) {
        tools_.observer.on_phase(job_.item, Phase::resolving);
        if (auto status = link_.renew(stop); !status) return status;
      }
      start_policy();
      const auto hired = hire(std::move(*lease));
      if (!hired) return fail(hired.error());
      idle_ = !*hired;
      if (idle_) return {};
    }
    return {};
  }

  // While everybody pauses. Where others are at work, only further connections wait.
  Status wait_for_the_storage(const std::stop_token& stop) {
    for (Milliseconds closed = tools_.storage.closed_for(); closed.count() > 0; closed = tools_.storage.closed_for()) {
      if (crew_.size() > 0) {
        not_before_ = tools_.clock.steady_now() + closed;
        return {};
      }
      if (!tools_.clock.sleep(closed, stop)) return fail(ErrorKind::cancelled, "interrupted");
    }
    return {};
  }

  int wanted_connections() {
    if (!policy_) return 1;
    const SteadyTime now = tools_.clock.steady_now();
    const auto [fetched, whole_only] =
        arrivals_.read([](const Arrivals& arrivals) { return std::pair(arrivals.fetched, arrivals.whole_only); });
    const int wanted = policy_->wanted(fetched, now);
    if (whole_only) return 1;
    return is_modest() ? std::min(wanted, most_now_) : wanted;
  }

  bool is_modest() const { return tools_.clock.steady_now() < modest_until_; }

  // As soon as the length is known. Not before there is a link: waiting for the site says nothing about the storage.
  void start_policy() {
    if (policy_) return;
    const auto [length, here] = arrivals_.read(
        [](const Arrivals& arrivals) { return std::pair(arrivals.work.length(), arrivals.work.written().total()); });
    if (length) policy_.emplace(tools_.connections_per_file, *length - here, tools_.clock.steady_now());
  }

  // false when there is nothing left to hand out.
  Result<bool> hire(ConnectionBudget::Lease lease) {
    if (first_hired_ == SteadyTime{}) first_hired_ = tools_.clock.steady_now();
    const std::uint64_t largest = piece_size();
    Segment::Wanted wanted;
    const auto piece = arrivals_.with([&](Arrivals& arrivals) {
      wanted.total = arrivals.work.length();
      return arrivals.work.take(largest, smallest_piece);
    });
    if (!piece) return false;
    wanted.piece = *piece;
    wanted.web_page_possible = job_.web_pages == WebPages::are_trouble;
    wanted.small = wanted.total ? *wanted.total <= small_file : job_.expected == Expected::small;
    net::Request request{.url = link_.get().url};
    request.bearer = link_.get().bearer;
    request.stall_timeout = tools_.stall_timeout;
    if (crew_.size() == 0) tools_.observer.on_phase(job_.item, Phase::transferring);
    if (crew_.size() == 1) {
      if (auto status = reserve(wanted.total); !status) return fail(status.error());
    }
    crew_.hire(wanted, std::move(request), link_.generation(), std::move(lease));
    return true;
  }

  // The whole rest where one connection is the best there is.
  std::uint64_t piece_size() const {
    const bool to_stay_alone = !policy_ || policy_->most() == 1 || is_modest();
    if (to_stay_alone || (policy_->is_settled() && crew_.size() == 0)) return UINT64_MAX;
    const auto guess = latency_after(tools_.clock.steady_now() - first_hired_);
    return arrivals_.read([&](const Arrivals& arrivals) {
      if (arrivals.whole_only) return UINT64_MAX;
      const std::uint64_t here = arrivals.work.written().total();
      const std::uint64_t rest = arrivals.work.length().value_or(here) - here;
      return engine::piece_size(rest, policy_->most(), arrivals.latency.value_or(guess));
    });
  }

  // Only where several connections write at different places: there it keeps the file in one piece. Where one
  // connection is as fast as the disk, filling reserved space would cost a third of the speed.
  Status reserve(const std::optional<std::uint64_t>& length) {
    if (!length || std::exchange(reserved_, true)) return {};
    return partial_.reserve(ByteCount{*length});
  }

  // Until there is something to hash or to decide.
  Status wait(const std::stop_token& stop) {
    const SteadyTime now = tools_.clock.steady_now();
    Milliseconds longest = look_around;
    if (policy_) longest = std::min(longest, policy_->next_look(now));
    if (now < not_before_) longest = std::min(longest, std::chrono::ceil<Milliseconds>(not_before_ - now));
    arrivals_.wait_for(stop, longest, [&](Arrivals& arrivals) {
      arrivals.awaited = hash_.position() + hash_step;
      return !arrivals.ended.empty() || arrivals.is_awaited();
    });
    if (auto status = crew_.write_what_waits(); !status) return status;
    // Where others stand idle because all that is left is in the hands of a slow one, patience is short.
    const Milliseconds patience = idle_ ? std::min(tools_.stall_timeout, short_patience) : tools_.stall_timeout;
    const int slow = crew_.dismiss_slow(tools_.clock.steady_now(), patience);
    if (slow == 0) return {};
    tools_.log.debug("{}: {} much too slow; replaced", job_.name, counted(slow, "connection"));
    const Error error{ErrorKind::network, "the storage sends next to nothing", "try again later"};
    return crew_.size() > 0 ? Status{} : pause({SegmentEnd::Kind::cut_short, error}, stop);
  }

  // Bytes that were here once and had to be fetched again are none: who always has to start over must come to an end.
  void count_progress() {
    const std::uint64_t here = written();
    if (here < most_here_ + progress_that_counts) return;
    most_here_ = here;
    attempt_ = 0;
    link_.count_progress();
    tools_.storage.progress();
  }

  Status handle(const Crew::Left& left, const std::stop_token& stop) {
    const SegmentEnd& end = left.end;
    const bool in_force = link_.is_in_force(left.link);
    switch (end.kind) {
      case SegmentEnd::Kind::complete: tools_.storage.progress(); return {};
      case SegmentEnd::Kind::failed: return fail(end.error);
      case SegmentEnd::Kind::cut_short: return go_on(left, stop);
      case SegmentEnd::Kind::busy: return step_back(end, stop);
      case SegmentEnd::Kind::too_many: return let_all_pause(end);
      case SegmentEnd::Kind::redirect: return in_force ? link_.follow(end.location) : Status{};
      case SegmentEnd::Kind::ranges_ignored: return handle_ignored_range();
      case SegmentEnd::Kind::wrong_range: return handle_wrong_range(end, stop);
      case SegmentEnd::Kind::range_refused: return handle_refused_range(end, stop);
      case SegmentEnd::Kind::wrong_length: return in_force ? handle_wrong_length(end, stop) : Status{};
      case SegmentEnd::Kind::link_expired:
      case SegmentEnd::Kind::web_page: return in_force ? renew(end, stop) : Status{};
    }
    return {};
  }

  // Waits before the next try; the end's own error when there is none left. While others are at work, only further
  // connections wait.
  Status pause(const SegmentEnd& end, const std::stop_token& stop) {
    const bool alone = crew_.size() == 0;
    const net::Trouble trouble{alone ? ++attempt_ : 1, end.retry_after};
    const auto delay = net::retry_delay(tools_.retry, trouble, tools_.random());
    if (!delay) return fail(end.error);
    tools_.log.debug("{}: {}; trying again in {} ms", job_.name, end.error.message, delay->count());
    if (!alone) {
      not_before_ = tools_.clock.steady_now() + *delay;
    } else if (!tools_.clock.sleep(*delay, stop)) {
      return fail(ErrorKind::cancelled, "interrupted");
    }
    return {};
  }

  // Where others are at work too, who has brought something is replaced at once.
  Status go_on(const Crew::Left& left, const std::stop_token& stop) {
    const bool at_once = crew_.size() > 0 && left.brought >= progress_that_counts;
    return at_once ? Status{} : pause(left.end, stop);
  }

  // A server that is too busy for one more connection has enough of them.
  Status step_back(const SegmentEnd& end, const std::stop_token& stop) {
    be_modest();
    return pause(end, stop);
  }

  void be_modest() {
    if (crew_.size() == 0) return;
    most_now_ = crew_.size();
    modest_until_ = tools_.clock.steady_now() + modesty;
  }

  // The storage counts requests, whichever file they are for.
  Status let_all_pause(const SegmentEnd& end) {
    be_modest();
    const auto pause = tools_.storage.refused(end.retry_after, tools_.random());
    if (!pause) return crew_.size() > 0 ? Status{} : fail(end.error);
    if (pause->count() > 0) {
      tools_.log.warn("{}; all downloads pause for {:.1f} s", end.error.message,
                      static_cast<double>(pause->count()) / 1000);
    }
    return {};
  }

  // The first new link is asked for at once, further ones after a pause.
  Status renew(const SegmentEnd& end, const std::stop_token& stop) {
    if (job_.on_refusal) {
      if (auto status = job_.on_refusal(end); !status) return status;
    }
    link_.expire();
    return link_.fruitless() > 1 ? pause(end, stop) : Status{};
  }

  // The whole file came instead of a piece. Who has begun with its first byte goes on alone; else all begins anew.
  Status handle_ignored_range() {
    arrivals_.with([](Arrivals& arrivals) { arrivals.whole_only = true; });
    return crew_.size() > 0 ? Status{} : start_over();
  }

  // A server that cannot be understood when it resumes may still be good for the whole file.
  Status handle_wrong_range(const SegmentEnd& end, const std::stop_token& stop) {
    if (auto status = step_back(end, stop); !status) return status;
    if (++wrong_ranges_ < most_wrong_ranges || crew_.size() > 0) return {};
    arrivals_.with([](Arrivals& arrivals) { arrivals.whole_only = true; });
    return start_over();
  }

  // 416: either everything is here, or what is here belongs to another file.
  Status handle_refused_range(const SegmentEnd& end, const std::stop_token& stop) {
    const std::uint64_t here = front();
    if (end.total == here) {
      arrivals_.with([&](Arrivals& arrivals) { arrivals.work.set_length(here); });
      return {};
    }
    if (auto status = step_back(end, stop); !status) return status;
    return crew_.size() > 0 ? Status{} : start_over();
  }

  // A backend may have the file in another state: a new link may lead to another one.
  Status handle_wrong_length(const SegmentEnd& end, const std::stop_token& stop) {
    if (++length_disputes_ >= most_length_disputes) return fail(end.error);
    // What we hold came from a file of another length: with no promise to hold on to, begin anew.
    if (!job_.promise.size) {
      if (auto status = start_over(); !status) return status;
    }
    link_.expire();
    return pause(end, stop);
  }

  Status start_over() {
    crew_.dismiss_all();
    if (auto status = checkpointer_.finish(); !status) return status;
    arrivals_.with([&](Arrivals& arrivals) {
      arrivals.work.start_over({}, job_.promise.size ? std::optional(job_.promise.size->value) : std::nullopt);
    });
    hash_.start_over();
    policy_.reset();
    reserved_ = false;
    return partial_.start_over();
  }

  Status checkpoint_when_due() {
    if (checkpointer_.is_busy()) return {};
    const SteadyTime now = tools_.clock.steady_now();
    const bool due = now - last_checkpoint_ >= tools_.checkpoint_interval || received() >= flushed_ + flush_step;
    if (!due) return {};
    if (auto status = checkpointer_.finish(); !status) return status;
    last_checkpoint_ = now;
    begin_checkpoint();
    return {};
  }

  void begin_checkpoint() {
    flushed_ = received();
    const auto [written, length] = journalled();
    checkpointer_.begin(written, length);
  }

  // While the hash catches up, the disk may as well work.
  void flush_ahead() {
    if (!checkpointer_.is_busy() && received() >= flushed_ + worth_flushing_ahead) begin_checkpoint();
  }

  // Leaves what is here to the next run; where nothing is, nothing shall lie about.
  Status given_up(Status why) {
    const auto [have, length] = journalled();
    const Status left = have.ranges().empty() ? partial_.discard() : partial_.checkpoint(have, length);
    if (!left) tools_.log.debug("{}", left.error().message);
    return why;
  }

  void report() {
    const auto [here, total] = arrivals_.read([](const Arrivals& arrivals) {
      return std::pair(arrivals.work.written().total(), arrivals.work.length().value_or(0));
    });
    tools_.observer.on_bytes(job_.item, ByteCount{here}, ByteCount{total});
  }

  std::pair<RangeSet, std::uint64_t> journalled() const {
    return arrivals_.read([](const Arrivals& arrivals) {
      return std::pair(arrivals.work.written(), arrivals.work.length().value_or(0));
    });
  }
  std::uint64_t written() const {
    return arrivals_.read([](const Arrivals& arrivals) { return arrivals.work.written().total(); });
  }
  std::uint64_t received() const {
    return arrivals_.read([](const Arrivals& arrivals) { return arrivals.fetched; });
  }
  std::uint64_t front() const {
    return arrivals_.read([](const Arrivals& arrivals) { return arrivals.work.front(); });
  }
  bool complete() const {
    return arrivals_.read([](const Arrivals& arrivals) { return arrivals.work.complete(); });
  }

  const TransferJob& job_;
  const Tools& tools_;
  PartialFile partial_;
  Guarded<Arrivals> arrivals_;
  FrontHash hash_;
  SharedLink link_;
  std::optional<ConnectionPolicy> policy_;
  Checkpointer checkpointer_;
  SteadyTime last_checkpoint_;
  SteadyTime first_hired_{};
  std::uint64_t flushed_ = 0;  // of what was received
  std::uint64_t most_here_ = 0;
  bool reserved_ = false;
  bool idle_ = false;          // more connections might be at work than there is work for
  SteadyTime not_before_{};    // no further connection
  SteadyTime modest_until_{};  // not more than most_now_
  int most_now_ = 1;
  int attempt_ = 0;
  int length_disputes_ = 0;
  int wrong_ranges_ = 0;
  Crew crew_;  // last: it ends before what it works on
};

}  // namespace

Result<Transferred> transfer(const TransferJob& job, const Tools& tools, const std::stop_token& stop) {
  auto partial = PartialFile::open(tools.files, job.partial, job.identity, to_text(job.promise));
  if (!partial) return fail(partial.error());
  if (can_be_proven(job.promise)) partial->mark_writes(tools.clock);
  Transfer transfer(job, tools, std::move(*partial));
  if (auto status = transfer.run(stop); !status) return fail(status.error());
  return transfer.take();
}

}  // namespace civitai::engine
