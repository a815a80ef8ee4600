#include "net/http.hpp"

#include "base/bytes.hpp"
#include "base/format.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace civitai::net {
namespace {

class CollectingSink final : public ResponseSink {
 public:
  explicit CollectingSink(std::size_t limit) : limit_(limit) {}

  Status on_head(const ResponseHead& head) override {
    response_.head = head;
    return {};
  }

  Status on_body(std::span<const std::byte> data) override {
    if (response_.body.size() + data.size() > limit_) {
      return fail(ErrorKind::insecure,
                  format("the answer is larger than {}: nothing that is asked for here is", to_text(ByteCount{limit_})),
                  "check the base URL, and whether a proxy changes what the site sends");
    }
    response_.body.append(reinterpret_cast<const char*>(data.data()), data.size());
    return {};
  }

  Response take() { return std::move(response_); }

 private:
  std::size_t limit_;
  Response response_;
};

}  // namespace

std::optional<std::string_view> Headers::get(std::string_view name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const auto& field) { return equal_ignoring_case(field.first, name); });
  if (found == fields_.end()) return std::nullopt;
  return found->second;
}

Status perform(HttpClient& client, Request request, ResponseSink& sink, const std::stop_token& stop) {
  Guarded<std::optional<Status>> outcome;
  const auto exchange = client.start(std::move(request), sink, [&outcome](Status status) {
    outcome.with([&](auto& slot) { slot = std::move(status); });
  });
  const bool finished = outcome.wait(stop, [](const auto& slot) { return slot.has_value(); });
  if (!finished) return fail(ErrorKind::cancelled, "interrupted");
  return outcome.read([](const auto& slot) { return *slot; });
}

Result<Response> fetch(HttpClient& client, Request request, std::size_t limit, const std::stop_token& stop) {
  CollectingSink sink(limit);
  if (auto status = perform(client, std::move(request), sink, stop); !status) return fail(status.error());
  return sink.take();
}

}  // namespace civitai::net
