// One exchange inside libcurl: what it was asked for, what has come, and the options that make libcurl do it. Internal
// to the client; everything here belongs to the client's thread.
#pragma once

#include "net/bandwidth.hpp"
#include "net/curl_client.hpp"

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace civitai::net {

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

  [[nodiscard]] Status deliver_head();

  // What has to be here within a set time cannot wait.
  [[nodiscard]] bool may_wait() const { return request.total_timeout.count() == 0; }

  // Keeps the sink's verdict; false ends the transfer.
  bool accepted(const Status& status) {
    if (!status) sink_error = status.error();
    return status.has_value();
  }
};

// Sets every option of the exchange's handle.
void apply(Running& running, const CurlOptions& options);

// When the silence of the other side becomes too long; nothing while it is not waited for. Not left to libcurl, whose
// average over several seconds notices late.
[[nodiscard]] std::optional<SteadyTime> stall_deadline(Running& running);

// What is told of an exchange that libcurl has ended.
[[nodiscard]] Status outcome_of(Running& running, CURLcode code);

}  // namespace civitai::net
