#include "net/curl_client.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"
#include "net/bandwidth.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <deque>
#include <thread>
#include <unordered_map>

namespace civitai::net {
namespace {

// Large buffers decide the speed of one connection: 512 KiB is the most that libcurl takes.
constexpr long receive_buffer = 512L * 1024;
constexpr long smallest_buffer = 16L * 1024;
constexpr long idle_connections = 64;
// How often the limit is looked up: it may change with the time of day.
constexpr Milliseconds rate_interval{500};

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyFree>;
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

// One budget for all exchanges; those that may not receive wait in a line. Touched by the driver's thread only.
struct Throttle {
  BandwidthBudget budget;
  std::deque<std::uint64_t> waiting;  // tickets of paused exchanges
};

// One exchange on its way through libcurl. Touched by the driver's thread only, once submitted.
struct Running {
  Request request;
  ResponseSink* sink = nullptr;
  HttpClient::Done done;
  EasyHandle easy;
  HeaderList headers;
  std::array<char, CURL_ERROR_SIZE> message{};
  ResponseHead head;
  bool head_delivered = false;
  std::optional<Error> sink_error;
  std::uint64_t ticket = 0;
  Throttle* throttle = nullptr;
  bool paused = false;                  // until the budget has room
  std::optional<SteadyTime> last_sign;  // when the other side last sent something; not set before the request is sent

  Status deliver_head() {
    head_delivered = true;
    if (const auto length = head.headers.get("Content-Length")) {
      const auto value = parse_integer(trim(*length));
      if (value && *value >= 0) head.content_length = static_cast<std::uint64_t>(*value);
    }
    return sink->on_head(head);
  }

  // What has to be here within a set time cannot wait.
  [[nodiscard]] bool may_wait() const { return request.total_timeout.count() == 0; }

  // Keeps the sink's verdict; false ends the transfer.
  bool accepted(const Status& status) {
    if (!status) sink_error = status.error();
    return status.has_value();
  }
};

void start_new_head(Running& running, std::string_view status_line) {
  running.head = ResponseHead{};
  const std::size_t blank = std::min(status_line.find(' '), status_line.size());
  const auto code = parse_integer(trim(status_line.substr(blank)).substr(0, 3));
  running.head.status = static_cast<int>(code.value_or(0));
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  Running& running = *static_cast<Running*>(context);
  running.last_sign = std::chrono::steady_clock::now();
  const std::string_view line = trim({data, size * count});
  if (running.head_delivered) return size * count;  // trailers
  if (line.starts_with("HTTP/")) {
    start_new_head(running, line);
  } else if (line.empty()) {
    const bool final_head = running.head.status >= 200;
    if (final_head && !running.accepted(running.deliver_head())) return 0;
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    running.head.headers.add(std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))));
  }
  return size * count;
}

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* context) {
  Running& running = *static_cast<Running*>(context);
  const SteadyTime now = std::chrono::steady_clock::now();
  running.last_sign = now;
  Throttle& throttle = *running.throttle;
  if (running.may_wait() && throttle.budget.pause(now).count() > 0) {
    running.paused = true;
    throttle.waiting.push_back(running.ticket);
    return CURL_WRITEFUNC_PAUSE;
  }
  const auto bytes = std::as_bytes(std::span(data, size * count));
  throttle.budget.pay(ByteCount{bytes.size()}, now);
  return running.accepted(running.sink->on_body(bytes)) ? bytes.size() : 0;
}

HeaderList header_list(const Request& request) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : request.headers.fields()) lines.push_back(format("{}: {}", name, value));
  if (!request.bearer.empty()) lines.push_back("Authorization: Bearer " + request.bearer.reveal());
  if (request.encoding == Encoding::identity) lines.emplace_back("Accept-Encoding: identity");
  lines.emplace_back("Expect:");  // no question beforehand whether a body is welcome
  curl_slist* list = nullptr;
  for (const std::string& line : lines) list = curl_slist_append(list, line.c_str());
  return HeaderList(list);
}

std::string range_text(const ByteRange& range) {
  return range.last ? format("{}-{}", range.first, *range.last) : format("{}-", range.first);
}

// Under a limit in smaller pieces, several a second: what is received is smooth, not a burst now and then.
long buffer_for(std::optional<ByteCount> rate) {
  constexpr std::uint64_t pieces_per_second = 16;
  if (!rate) return receive_buffer;
  return std::clamp(static_cast<long>(std::min<std::uint64_t>(rate->value / pieces_per_second, receive_buffer)),
                    smallest_buffer, receive_buffer);
}

void apply(Running& running, const CurlOptions& options) {
  CURL* easy = running.easy.get();
  const Request& request = running.request;
  running.headers = header_list(request);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.wire().c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, running.headers.get());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer_for(running.throttle->budget.rate()));
  const bool shared = request.line == Line::shared;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, shared ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
  // Where the first connection turns out to speak HTTP/2, the others are not needed.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, shared ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  if (request.encoding == Encoding::compressed) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  if (request.range) curl_easy_setopt(easy, CURLOPT_RANGE, range_text(*request.range).c_str());
  if (request.json) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.json->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.json->c_str());
  }
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout.count()));
  // Whatever the environment says: what runs on this machine is not reached through another one.
  if (request.url.is_loopback()) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (!options.certificates.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.certificates.c_str());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, running.message.data());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &running);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_data);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &running);
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_ISSUER_ERROR: return ErrorKind::insecure;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT: return ErrorKind::internal;
    default: return ErrorKind::network;
  }
}

// When the silence of the other side becomes too long; nothing while it is not waited for. Not left to libcurl, whose
// average over several seconds notices late.
std::optional<SteadyTime> stall_deadline(Running& running) {
  if (running.request.stall_timeout.count() <= 0 || running.paused) return std::nullopt;
  if (!running.last_sign) {
    // Waiting for a connection, and making it, have limits of their own.
    curl_off_t sent_after = 0;
    curl_easy_getinfo(running.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_after);
    if (sent_after <= 0) return std::nullopt;
    running.last_sign = std::chrono::steady_clock::now();
  }
  return *running.last_sign + running.request.stall_timeout;
}

// libcurl's words as a part of ours: starting in lower case, and naming the host once.
std::string trouble_text(const std::string& host, std::string_view detail) {
  std::string text = printable(detail);
  const bool sentence = text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z';
  if (sentence) text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return contains_ignoring_case(text, host) ? text : format("{}: {}", host, text);
}

std::string_view hint_for(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY: return "check the proxy that the environment names";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return "check the network, and the base URL if one is set";
    default: break;
  }
  return kind_of(code) == ErrorKind::insecure
             ? "check the clock and the certificates of this machine, and whether a proxy intercepts"
             : "";
}

Status outcome_of(Running& running, CURLcode code) {
  if (running.sink_error) return fail(*running.sink_error);
  if (code == CURLE_OK) return {};
  const std::string_view detail(running.message.data());
  return fail(kind_of(code),
              trouble_text(running.request.url.host(), detail.empty() ? curl_easy_strerror(code) : detail),
              std::string(hint_for(code)));
}

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
