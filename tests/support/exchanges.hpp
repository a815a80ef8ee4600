// Running exchanges by hand: a sink that keeps what comes and says no where a test wants it to, and the end of an
// exchange as something to wait for.
#pragma once

#include "base/guarded.hpp"
#include "net/http.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace civitai::test {

class KeepingSink final : public net::ResponseSink {
 public:
  struct Kept {
    int heads = 0;
    net::ResponseHead head;
    std::string body;
  };

  Status on_head(const net::ResponseHead& head) override {
    kept_.with([&](Kept& kept) {
      ++kept.heads;
      kept.head = head;
    });
    return at_head ? at_head(head) : Status{};
  }
  Status on_body(std::span<const std::byte> data) override {
    kept_.with([&](Kept& kept) { kept.body.append(reinterpret_cast<const char*>(data.data()), data.size()); });
    return at_body ? at_body() : Status{};
  }

  [[nodiscard]] Kept kept() const {
    return kept_.read([](const Kept& kept) { return kept; });
  }
  // Blocks until that many bytes of the body have come.
  void wait_for_body(std::size_t size) {
    kept_.wait({}, [&](const Kept& kept) { return kept.body.size() >= size; });
  }

  // What the sink answers; to be set before the exchange starts.
  std::function<Status(const net::ResponseHead&)> at_head;
  std::function<Status()> at_body;

 private:
  Guarded<Kept> kept_;
};

class Ending {
 public:
  [[nodiscard]] net::HttpClient::Done done() {
    return [this](Status status) { end_.with([&](std::optional<Status>& end) { end = std::move(status); }); };
  }
  // Blocks until the exchange has ended.
  [[nodiscard]] Status wait() {
    end_.wait({}, [](const std::optional<Status>& end) { return end.has_value(); });
    return end_.read([](const std::optional<Status>& end) { return *end; });
  }
  [[nodiscard]] bool has_come() const {
    return end_.read([](const std::optional<Status>& end) { return end.has_value(); });
  }

 private:
  Guarded<std::optional<Status>> end_;
};

}  // namespace civitai::test
