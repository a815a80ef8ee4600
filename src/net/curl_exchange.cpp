#include "net/curl_exchange.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace civitai::net {
namespace {

// Large buffers decide the speed of one connection; in twice as much nothing is gained and more memory is touched.
constexpr long receive_buffer = 256L * 1024;
constexpr long smallest_buffer = 16L * 1024;

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

}  // namespace

Status Running::deliver_head() {
  head_delivered = true;
  if (const auto length = head.headers.get("Content-Length")) {
    const auto value = parse_integer(trim(*length));
    if (value && *value >= 0) head.content_length = static_cast<std::uint64_t>(*value);
  }
  return sink->on_head(head);
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
  // Where the first connection turns out to speak HTTP/2, the others are not needed. Without TLS it cannot, and who
  // waited would wait for the end of a whole exchange, however slow that is.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, shared && request.url.is_secure() ? 1L : 0L);
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

Status outcome_of(Running& running, CURLcode code) {
  if (running.sink_error) return fail(*running.sink_error);
  if (code == CURLE_OK) return {};
  const std::string_view detail(running.message.data());
  return fail(kind_of(code),
              trouble_text(running.request.url.host(), detail.empty() ? curl_easy_strerror(code) : detail),
              std::string(hint_for(code)));
}

}  // namespace civitai::net
