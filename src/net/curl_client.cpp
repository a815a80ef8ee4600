#include "net/curl_client.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "net/curl_exchange.hpp"

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace civitai::net {
namespace {

constexpr long idle_connections = 64;
// On one HTTP/2 connection; the server may allow fewer.
constexpr long streams_at_once = 256;
// How often the limit is looked up: it may change with the time of day.
constexpr Milliseconds rate_interval{500};

}  // namespace

// Owns the multi handle and its thread. Submissions and cancellations reach it through a guarded mailbox; everything
// else is its thread's own.
class CurlClient::Driver {
 public:
  using Ticket = std::uint64_t;

  explicit Driver(CurlOptions options) : options_(std::move(options)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.connections_per_host));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, idle_connections);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, streams_at_once);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~Driver() {
    thread_.request_stop();
    curl_multi_wakeup(multi_);
    thread_.join();
    spare_.clear();
    curl_multi_cleanup(multi_);
    curl_global_cleanup();
  }

  Ticket submit(std::unique_ptr<Running> running) {
    const Ticket ticket = mailbox_.with([&](Mailbox& box) {
      box.submitted.emplace(++box.last_ticket, std::move(running));
      box.alive.emplace(box.last_ticket, true);
      return box.last_ticket;
    });
    curl_multi_wakeup(multi_);
    return ticket;
  }

  // Returns once the exchange is over and its callbacks have returned. From a callback of its own: at once.
  void cancel(Ticket ticket) {
    if (std::this_thread::get_id() == thread_.get_id()) {
      end_quietly(ticket);
      return;
    }
    const bool over = mailbox_.with([&](Mailbox& box) {
      if (!box.alive.contains(ticket)) return true;
      box.cancelled.push_back(ticket);
      return false;
    });
    if (over) return;
    curl_multi_wakeup(multi_);
    mailbox_.wait({}, [&](Mailbox& box) { return !box.alive.contains(ticket); });
  }

 private:
  struct Mailbox {
    Ticket last_ticket = 0;
    std::unordered_map<Ticket, std::unique_ptr<Running>> submitted;
    std::vector<Ticket> cancelled;
    std::unordered_map<Ticket, bool> alive;
  };

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      follow_rate();
      collect_mail();
      resume_waiting();
      int active = 0;
      curl_multi_perform(multi_, &active);
      reap();
      const Milliseconds look_again = std::min(end_stalled(), time_to_resume());
      if (!stop.stop_requested()) curl_multi_poll(multi_, nullptr, 0, static_cast<int>(look_again.count()), nullptr);
    }
    while (!running_.empty()) end_quietly(running_.begin()->first);
  }

  void follow_rate() {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (!options_.rate || now < next_rate_look_) return;
    next_rate_look_ = now + rate_interval;
    throttle_.budget.set_rate(options_.rate(), now);
  }

  // Those that have waited longest go first; each takes what is there for it, and may have to wait again.
  void resume_waiting() {
    while (!throttle_.waiting.empty() && throttle_.budget.pause(std::chrono::steady_clock::now()).count() == 0) {
      const Ticket ticket = throttle_.waiting.front();
      throttle_.waiting.pop_front();
      const auto found = running_.find(ticket);
      if (found == running_.end()) continue;
      Running& running = *found->second;
      running.paused = false;
      running.last_sign = std::chrono::steady_clock::now();
      curl_easy_pause(running.easy.get(), CURLPAUSE_CONT);
    }
  }

  [[nodiscard]] Milliseconds time_to_resume() const {
    if (throttle_.waiting.empty()) return Milliseconds{1000};
    return std::min(throttle_.budget.pause(std::chrono::steady_clock::now()), rate_interval);
  }

  void collect_mail() {
    std::unordered_map<Ticket, std::unique_ptr<Running>> submitted;
    std::vector<Ticket> cancelled;
    mailbox_.with([&](Mailbox& box) {
      submitted.swap(box.submitted);
      cancelled.swap(box.cancelled);
    });
    for (auto& [ticket, running] : submitted) begin(ticket, std::move(running));
    for (const Ticket ticket : cancelled) end_quietly(ticket);
  }

  void begin(Ticket ticket, std::unique_ptr<Running> running) {
    if (spare_.empty()) {
      running->easy.reset(curl_easy_init());
    } else {
      running->easy = std::move(spare_.back());
      spare_.pop_back();
    }
    running->ticket = ticket;
    running->throttle = &throttle_;
    apply(*running, options_);
    curl_multi_add_handle(multi_, running->easy.get());
    tickets_.emplace(running->easy.get(), ticket);
    running_.emplace(ticket, std::move(running));
  }

  void reap() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto found = tickets_.find(message->easy_handle);
      if (found != tickets_.end()) finish(found->second, code);
    }
  }

  // Ends the exchanges whose other side has been silent for too long; says how long nothing can become so.
  Milliseconds end_stalled() {
    Milliseconds look_again{1000};
    std::vector<Ticket> stalled;
    const SteadyTime now = std::chrono::steady_clock::now();
    for (const auto& [ticket, running] : running_) {
      const auto deadline = stall_deadline(*running);
      if (!deadline) continue;
      if (*deadline <= now) {
        stalled.push_back(ticket);
      } else {
        look_again = std::min(look_again, std::chrono::ceil<Milliseconds>(*deadline - now));
      }
    }
    for (const Ticket ticket : stalled) {
      // The end of another one may have ended this one too.
      const auto found = running_.find(ticket);
      if (found == running_.end()) continue;
      const Request& request = found->second->request;
      const auto silence = std::chrono::duration<double>(request.stall_timeout);
      finish(ticket, fail(ErrorKind::network, format("{}: no data for {:.3g} s", request.url.host(), silence.count())));
    }
    return look_again;
  }

  void finish(Ticket ticket, CURLcode code) {
    Running& running = *running_.at(ticket);
    Status status = outcome_of(running, code);
    if (status && !running.head_delivered) {
      status = fail(ErrorKind::network, format("{}: closed without an answer", running.request.url.host()));
    }
    finish(ticket, std::move(status));
  }

  void finish(Ticket ticket, Status status) {
    const std::unique_ptr<Running> running = detach(ticket);
    running->done(std::move(status));
    forget(ticket);
  }

  void end_quietly(Ticket ticket) {
    detach(ticket);
    forget(ticket);
  }

  // Takes the exchange out of libcurl; its handle is kept for reuse.
  std::unique_ptr<Running> detach(Ticket ticket) {
    const auto found = running_.find(ticket);
    if (found == running_.end()) return nullptr;
    std::unique_ptr<Running> running = std::move(found->second);
    running_.erase(found);
    CURL* easy = running->easy.get();
    tickets_.erase(easy);
    curl_multi_remove_handle(multi_, easy);
    curl_easy_reset(easy);
    spare_.push_back(std::move(running->easy));
    return running;
  }

  void forget(Ticket ticket) {
    mailbox_.with([&](Mailbox& box) {
      box.submitted.erase(ticket);
      box.alive.erase(ticket);
    });
  }

  CurlOptions options_;
  CURLM* multi_ = nullptr;
  Throttle throttle_;
  SteadyTime next_rate_look_{};
  Guarded<Mailbox> mailbox_;
  std::unordered_map<Ticket, std::unique_ptr<Running>> running_;
  std::unordered_map<CURL*, Ticket> tickets_;
  std::vector<EasyHandle> spare_;
  std::jthread thread_;
};

namespace {

class CurlExchange final : public Exchange {
 public:
  explicit CurlExchange(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~CurlExchange() override { cancel_(); }

 private:
  std::function<void()> cancel_;
};

}  // namespace

CurlClient::CurlClient(CurlOptions options) : driver_(std::make_shared<Driver>(std::move(options))) {}

CurlClient::~CurlClient() = default;

std::unique_ptr<Exchange> CurlClient::start(Request request, ResponseSink& sink, Done done) {
  auto running = std::make_unique<Running>();
  running->request = std::move(request);
  running->sink = &sink;
  running->done = std::move(done);
  const Driver::Ticket ticket = driver_->submit(std::move(running));
  // The exchange shares the driver: it may be destroyed after the client object without harm.
  return std::make_unique<CurlExchange>([driver = driver_, ticket] { driver->cancel(ticket); });
}

}  // namespace civitai::net
