// An HttpClient that plays a script: each exchange must be the next one that was expected, and gets the answer written
// for it. A request that nobody expected fails the test, and so does an expectation that no request met.
//
// Answers are given before `start` returns, on the caller's thread. Not for use from several threads at once.
#pragma once

#include "net/http.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace civitai::test {

// What comes back: a response, or a trouble of the transport after it (or instead of it, when `status` is 0).
struct Answer {
  int status = 200;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<Error> trouble = {};
};

inline Answer redirect_to(std::string location, int status = 307) {
  return {status, "", {{"Location", std::move(location)}}};
}

inline Answer transport_trouble(std::string message = "connection reset", ErrorKind kind = ErrorKind::network) {
  return {0, "", {}, Error{kind, std::move(message), {}}};
}

class ScriptedHttpClient final : public net::HttpClient {
 public:
  ScriptedHttpClient() = default;
  ScriptedHttpClient(const ScriptedHttpClient&) = delete;
  ScriptedHttpClient& operator=(const ScriptedHttpClient&) = delete;
  ~ScriptedHttpClient() override {
    for (const Step& step : script_) ADD_FAILURE() << "nobody asked for " << step.url;
  }

  // The next request has to be for exactly this URL.
  ScriptedHttpClient& expect(std::string url, Answer answer) {
    script_.push_back({std::move(url), std::move(answer)});
    return *this;
  }
  // As expect, `times` times in a row.
  ScriptedHttpClient& expect_often(int times, const std::string& url, const Answer& answer) {
    for (int i = 0; i < times; ++i) expect(url, answer);
    return *this;
  }

  [[nodiscard]] const std::vector<net::Request>& requests() const { return requests_; }
  // The key that went along with each request; "" for none.
  [[nodiscard]] std::vector<std::string> bearers() const {
    std::vector<std::string> keys;
    for (const net::Request& request : requests_) keys.push_back(request.bearer.reveal());
    return keys;
  }

  std::unique_ptr<net::Exchange> start(net::Request request, net::ResponseSink& sink, Done done) override {
    requests_.push_back(request);
    if (script_.empty() || script_.front().url != request.url.wire()) {
      ADD_FAILURE() << "unexpected request for " << request.url.wire() << ", expected "
                    << (script_.empty() ? "none" : script_.front().url);
      done(fail(ErrorKind::internal, "unexpected request"));
      return std::make_unique<net::Exchange>();
    }
    const Answer answer = std::move(script_.front().answer);
    script_.pop_front();
    done(play(answer, sink));
    return std::make_unique<net::Exchange>();
  }

 private:
  struct Step {
    std::string url;
    Answer answer;
  };

  static Status play(const Answer& answer, net::ResponseSink& sink) {
    if (answer.status != 0) {
      net::ResponseHead head{.status = answer.status, .headers = {}, .content_length = answer.body.size()};
      for (const auto& [name, value] : answer.headers) head.headers.add(name, value);
      if (auto status = sink.on_head(head); !status) return status;
      const auto bytes = std::as_bytes(std::span(answer.body));
      if (!bytes.empty()) {
        if (auto status = sink.on_body(bytes); !status) return status;
      }
    }
    return answer.trouble ? Status(fail(*answer.trouble)) : Status{};
  }

  std::deque<Step> script_;
  std::vector<net::Request> requests_;
};

}  // namespace civitai::test
